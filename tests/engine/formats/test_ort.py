from __future__ import annotations

import random
import struct
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from engine.errors import ModelError
from engine.formats import open_source
from engine.graph.flatbuffer import BrokenBuffer, Buffer, Table
from engine.graph.layers import index_layers
from engine.graph.runnable import runs
from engine.graph.shapes import bind
from engine.progress import Progress


def as_ort(model: Path, made: Path, level: str) -> Path:
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = getattr(onnxruntime.GraphOptimizationLevel, level)
    options.optimized_model_filepath = str(made)
    options.add_session_config_entry("session.save_model_format", "ORT")
    options.log_severity_level = 4
    onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    return made


def test_is_opened_as_the_graph_that_it_holds(tmp_path: Path, real_model) -> None:
    """By its content, whatever its name."""
    original = real_model("mnist_cntk")
    source = open_source(as_ort(original, tmp_path / "model.bin", "ORT_DISABLE_ALL"), Progress())
    assert source.format == "ort" and "0 of its" in source.remarks[0]
    there, here = (
        index_layers(bind(one.model, {}, strict=False)) for one in (open_source(original, Progress()), source)
    )
    assert (here.macs, [layer.op for layer in here.layers]) == (there.macs, [layer.op for layer in there.layers])
    assert runs(source.model) == (True, "")


def test_bodies_of_control_flow_come_along(tmp_path: Path, real_model) -> None:
    source = open_source(as_ort(real_model("silero_vad"), tmp_path / "m.ort", "ORT_ENABLE_BASIC"), Progress())
    assert sum(layer.owner is not None for layer in index_layers(source.model).layers) > 50


def test_the_runtimes_own_operators_stay_what_they_are(tmp_path: Path, real_model) -> None:
    original = real_model("cifar_resnet20_qdq_int8")
    source = open_source(as_ort(original, tmp_path / "m.ort", "ORT_ENABLE_EXTENDED"), Progress())
    own = [layer.op for layer in index_layers(source.model).layers if layer.domain == "com.microsoft"]
    assert own and f"{len(own)} of its" in source.remarks[0]
    exported = tmp_path / "m.onnx"
    import onnx_ir as ir

    ir.save(source.model, exported)
    x = {"input": np.ones((1, 3, 32, 32), np.float32)}
    results = [onnxruntime.InferenceSession(str(path)).run(None, x)[0] for path in (original, exported)]
    np.testing.assert_allclose(results[0], results[1], atol=1e-4)


def test_damage_is_a_message(tmp_path: Path, real_model) -> None:
    path = as_ort(real_model("mnist_cntk"), tmp_path / "m.ort", "ORT_ENABLE_ALL")
    content, chance, refused = path.read_bytes(), random.Random(0), 0
    for number in range(60):
        damaged = bytearray(content)
        if number % 3:
            for _ in range(40):
                damaged[chance.randrange(16, len(damaged))] = chance.randrange(256)
        else:
            del damaged[chance.randrange(16, len(damaged)) :]
        path.write_bytes(damaged)
        try:
            open_source(path, Progress())
        except ModelError:
            refused += 1
    assert refused > 20


def test_parts_that_refer_to_each_other_over_and_over_are_refused() -> None:
    """Each table has a vector of two tables, both of which are the next one: 2^20 tables in 600 bytes."""
    content = struct.pack("<I", 12)
    for last in (*[False] * 20, True):
        vtable, table = struct.pack("<HHHH", 6, 8, 4, 0), struct.pack("<iI", 8, 4)
        content += vtable + table + struct.pack("<III", 0 if last else 2, 16, 12)
    walked = 0

    def walk(table: Table) -> None:
        nonlocal walked
        walked += 1
        for inner in table.tables(4):
            walk(inner)

    with pytest.raises(BrokenBuffer, match="more often"):
        walk(Buffer(content).root())
    assert 20 < walked < 5000
