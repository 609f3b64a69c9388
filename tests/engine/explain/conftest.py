"""Real models, measured once for all tests of this folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import pytest

from engine.data.synthetic import synthetic
from engine.explain.explain import side_of
from engine.explain.reason import Side
from engine.profiling.child import Child
from engine.profiling.measure import profile
from engine.progress import Progress
from tests.conftest import FindPath
from tests.engine.explain.scenes import SCENES

Measured = Callable[[str], Side]


@pytest.fixture(scope="session")
def measured(real_model: FindPath) -> Iterator[Measured]:
    """The profile of one of ``SCENES``, taken with few runs."""
    with Child() as host:

        @cache
        def measure(name: str) -> Side:
            model, runtime = SCENES[name].build(real_model, host)
            samples = synthetic(model, runtime.settings, runtime.settings.batch)
            return side_of(model, runtime, profile(model, runtime, samples, Progress()))

        yield measure
