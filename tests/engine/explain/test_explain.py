from __future__ import annotations

import json

import pytest

from engine.backend import Runtime
from engine.backends import backend_of
from engine.errors import Cancelled
from engine.explain.explain import explain
from engine.explain.roofline import Ceilings
from engine.profiling.child import Child
from engine.profiling.profile import Profile
from engine.progress import Progress
from tests.conftest import FindPath
from tests.engine.explain.conftest import Measured

pytestmark = pytest.mark.real_models


@pytest.fixture
def mnist(measured: Measured, real_model: FindPath) -> tuple[Runtime, Profile]:
    side = measured("mnist")
    return Runtime(backend_of("cpu"), side.settings, Child()), side.profile


def test_an_explanation_has_memory_reasons_and_a_roofline_where_ceilings_are_known(
    measured: Measured, mnist: tuple[Runtime, Profile]
) -> None:
    model, (runtime, profile) = measured("mnist").model, mnist
    without = explain(model, runtime, profile, Progress())
    assert without.roofline is None and without.memory.peak_bytes > 0
    ceilings = Ceilings("cpu", 2, {"float32": 100.0}, 10.0, "2026-01-01")
    found = explain(model, runtime, profile, Progress(), ceilings=ceilings)
    assert found.roofline is not None and {roof.layer for roof in found.roofline.layers} >= {"Convolution28"}
    assert json.loads(json.dumps(found.to_json()))["memory"]["weight_bytes"] > 0


def test_a_side_keeps_the_model_and_binds_a_copy(measured: Measured) -> None:
    side = measured("detector")
    assert side.model.graph.inputs[0].shape != side.bound.graph.inputs[0].shape
    assert list(side.bound.graph.inputs[0].shape or ()) == [1, 3, 160, 160]
    assert set(side.index.by_id) == {layer.id for layer in side.profile.layers}


def test_cancelling_is_obeyed(measured: Measured, mnist: tuple[Runtime, Profile]) -> None:
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        explain(measured("mnist").model, *mnist, progress)
