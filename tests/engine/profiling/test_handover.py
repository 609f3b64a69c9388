from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx_ir as ir
import pytest

from engine.backend import RunSettings, SessionRequest
from engine.backends import backend_of
from engine.profiling import handover
from engine.profiling.handover import Handover
from tests.engine.profiling.helpers import floats, parsed

TEXT = '<ir_version: 8, opset_import: ["" : 17]> g (float[1,8] x) => (float[1,600] y) { y = MatMul(x, w) }'
FEEDS = {"x": floats(1, 8, seed=3)}


def in_memory() -> ir.Model:
    return parsed(TEXT, {"w": floats(8, 600)})


def external(folder: Path) -> ir.Model:
    path = folder / "source.onnx"
    ir.save(in_memory(), path, external_data="source.data", size_threshold_bytes=0)
    return ir.load(path)


def output(handover: Handover, model: ir.Model) -> np.ndarray:
    request = SessionRequest(handover.write(model, "m.onnx"), RunSettings(threads=1), handover.weights(model))
    (found,) = backend_of("cpu").open(request).run(FEEDS)
    return found


EXPECTED = FEEDS["x"] @ floats(8, 600)


def test_weights_in_memory_are_written_with_the_model() -> None:
    with Handover() as folder:
        np.testing.assert_allclose(output(folder, in_memory()), EXPECTED, rtol=1e-5)
        assert [path.name for path in folder.path.iterdir()] == ["m.onnx"]


def test_weights_in_files_stay_there(tmp_path: Path) -> None:
    model = external(tmp_path)
    with Handover() as folder:
        np.testing.assert_allclose(output(folder, model), EXPECTED, rtol=1e-5)
        assert (folder.path / "m.onnx").stat().st_size < 1000
        assert [path.name for path in folder.path.iterdir()] == ["m.onnx"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["source.data", "source.onnx"]


@pytest.mark.parametrize("make", ["in memory", "external"])
def test_more_than_a_message_holds_goes_to_a_file_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: str
) -> None:
    monkeypatch.setattr(handover, "INLINE_BYTES", 1000)
    model = in_memory() if make == "in memory" else external(tmp_path)
    with Handover() as folder:
        np.testing.assert_allclose(output(folder, model), EXPECTED, rtol=1e-5)
        assert folder.weights(model) == (None if make == "in memory" else tmp_path)


def test_the_model_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handover, "INLINE_BYTES", 1000)
    model = in_memory()
    tensor = model.graph.initializers["w"].const_value
    with Handover() as folder:
        folder.write(model, "m.onnx")
    assert model.graph.initializers["w"].const_value is tensor


def test_the_folder_goes_whatever_happens() -> None:
    with pytest.raises(KeyError), Handover() as folder:
        folder.scratch("a").joinpath("file").write_text("x")
        raise KeyError
    assert not folder.path.exists()
