from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import onnx.parser
import onnx_ir as ir
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import ModelError
from engine.format import Source
from engine.formats import open_source
from engine.graph.layers import index_layers
from engine.graph.shapes import bind
from engine.graph.structure import unsound
from engine.progress import Progress


def small() -> onnx.ModelProto:
    proto = onnx.parser.parse_model(
        """<ir_version: 8, opset_import: ["" : 13]>
        g (float[1,4] x) => (float[1,4] y) { [mm] m = MatMul(x, w) [r] y = Relu(m) }"""
    )
    proto.graph.initializer.append(onnx.numpy_helper.from_array(np.eye(4, dtype=np.float32), "w"))
    return proto


def external(folder: Path, location: str, *, offset: int = 0, length: int = 64, write: int | None = 64) -> Path:
    """A model whose weight lies at ``location``; ``write`` bytes are written there."""
    proto = small()
    tensor = proto.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    for key, value in {"location": location, "offset": str(offset), "length": str(length)}.items():
        tensor.external_data.add(key=key, value=value)
    path = folder / "model.onnx"
    path.write_bytes(proto.SerializeToString())
    if write is not None:
        (folder / location).write_bytes(np.eye(4, dtype=np.float32).tobytes()[:write].ljust(write, b"\0"))
    return path


def opened(path: Path) -> Source:
    return open_source(path, Progress())


def saved(folder: Path, change: Callable[[onnx.ModelProto], None] = lambda proto: None) -> Path:
    proto = small()
    change(proto)
    path = folder / "model.onnx"
    path.write_bytes(proto.SerializeToString())
    return path


def refusal(path: Path) -> str:
    with pytest.raises(ModelError) as caught:
        opened(path)
    assert str(path) in str(caught.value)
    return caught.value.what


def test_opens_a_model_as_the_file_has_it(tmp_path: Path) -> None:
    path = saved(tmp_path)
    source = opened(path)
    assert [node.name for node in source.model.graph] == ["mm", "r"]
    assert (source.format, source.file_bytes) == ("onnx", path.stat().st_size)


def test_the_suffix_is_not_needed(tmp_path: Path) -> None:
    path = saved(tmp_path).rename(tmp_path / "model.bin")
    assert len(opened(path).model.graph) == 2


def test_external_data_are_mapped_when_they_are_used(tmp_path: Path) -> None:
    path = external(tmp_path, "weights.bin", write=100)
    source = opened(path)
    tensor = source.model.graph.initializers["w"].const_value
    assert isinstance(tensor, ir.ExternalTensor)
    assert tensor.raw is None
    np.testing.assert_array_equal(tensor.numpy(), np.eye(4))
    assert source.file_bytes == path.stat().st_size + 100


def test_external_data_are_found_from_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "inside").mkdir()
    external(tmp_path / "inside", "weights.bin")
    monkeypatch.chdir(tmp_path / "inside")
    tensor = opened(Path("model.onnx")).model.graph.initializers["w"].const_value
    monkeypatch.chdir(tmp_path)
    assert tensor is not None
    np.testing.assert_array_equal(tensor.numpy(), np.eye(4))


@pytest.mark.parametrize("location", ["../secret.bin", "sub/../../secret.bin", "{absolute}", "C:\\secret.bin"])
def test_external_data_outside_the_folder_are_refused(tmp_path: Path, location: str) -> None:
    (tmp_path / "model" / "sub").mkdir(parents=True)
    (tmp_path / "secret.bin").write_bytes(bytes(64))
    path = external(tmp_path / "model", location.format(absolute=tmp_path / "secret.bin"), write=None)
    assert "outside the model's folder" in refusal(path)


def test_a_link_that_leaves_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "secret.bin").write_bytes(bytes(64))
    (tmp_path / "model" / "w.bin").symlink_to(tmp_path / "secret.bin")
    assert "outside the model's folder" in refusal(external(tmp_path / "model", "w.bin", write=None))


def test_a_linked_folder_is_refused_and_a_link_inside_is_followed(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "w.bin").write_bytes(bytes(64))
    (tmp_path / "model" / "out").symlink_to(tmp_path / "other")
    assert "outside the model's folder" in refusal(external(tmp_path / "model", "out/w.bin", write=None))
    (tmp_path / "model" / "real.bin").write_bytes(bytes(64))
    (tmp_path / "model" / "w.bin").symlink_to("real.bin")
    assert opened(external(tmp_path / "model", "w.bin", write=None))


def test_a_hard_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "secret.bin").write_bytes(bytes(64))
    os.link(tmp_path / "secret.bin", tmp_path / "model" / "w.bin")
    assert "hard links" in refusal(external(tmp_path / "model", "w.bin", write=None))


def test_external_data_that_would_block_or_are_a_folder(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    assert "not a regular file" in refusal(external(tmp_path, "pipe", write=None))
    assert "not a regular file" in refusal(external(tmp_path, "folder", write=None))


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({"write": None}, "missing"),
        ({"write": 63}, "too short"),
        ({"offset": 8}, "too short"),
        ({"length": 60}, "needs 64 bytes"),
        ({"offset": -4}, "needs 64 bytes"),
        ({"length": 1 << 40}, "needs 64 bytes"),
    ],
)
def test_external_data_that_do_not_hold_the_tensor(tmp_path: Path, given: dict[str, int], what: str) -> None:
    assert what in refusal(external(tmp_path, "w.bin", **given))


def test_external_data_without_a_place(tmp_path: Path) -> None:
    assert "does not say where" in refusal(external(tmp_path, "", write=None))


def set_raw(proto: onnx.ModelProto, data: bytes) -> None:
    proto.graph.initializer[0].raw_data = data


def set_dims(proto: onnx.ModelProto, *dims: int) -> None:
    proto.graph.initializer[0].dims[:] = dims


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda p: p.ClearField("graph"), "no graph"),
        (lambda p: p.ClearField("opset_import"), "no operator set"),
        (lambda p: p.graph.ClearField("output"), "no outputs"),
        (lambda p: p.graph.node[0].ClearField("op_type"), "without an operator"),
        (lambda p: p.graph.node[0].ClearField("output"), "without an operator or without outputs"),
        (lambda p: set_raw(p, bytes(63)), "needs 64 bytes and has 63"),
        (lambda p: set_dims(p, 4, 5), "needs 80 bytes and has 64"),
        (lambda p: set_dims(p, -4, -4), "negative size"),
        (lambda p: set_dims(p, 1 << 40, 1 << 40), "overflows"),
        (lambda p: setattr(p.graph.initializer[0], "data_type", 99), "element type 99"),
        (lambda p: p.graph.node.append(p.graph.node[0]), "graph is invalid"),
        (lambda p: p.graph.node[0].input.__setitem__(0, "y"), "graph is invalid"),
        (lambda p: p.graph.sparse_initializer.add(), "sparse"),
    ],
)
def test_broken_models_are_refused(tmp_path: Path, change: Callable[[onnx.ModelProto], None], what: str) -> None:
    assert what in refusal(saved(tmp_path, change))


def test_another_protobuf_is_no_model(tmp_path: Path) -> None:
    path = tmp_path / "tensor.onnx"
    path.write_bytes(onnx.numpy_helper.from_array(np.arange(50), "numbers").SerializeToString())
    assert "not an ONNX model" in refusal(path)


def test_nodes_in_any_order_are_sorted(tmp_path: Path) -> None:
    def turn(proto: onnx.ModelProto) -> None:
        nodes = list(proto.graph.node)
        del proto.graph.node[:]
        proto.graph.node.extend(reversed(nodes))

    assert [node.name for node in opened(saved(tmp_path, turn)).model.graph] == ["mm", "r"]


def test_local_functions_are_inlined(tmp_path: Path) -> None:
    proto = onnx.parser.parse_model(
        """<ir_version: 8, opset_import: ["" : 13, "local" : 1]>
        g (float[2] x) => (float[2] y) { [call] z = local.twice(x) y = Relu(z) }
        <domain: "local", opset_import: ["" : 13]>
        twice (a) => (b) { b = Add(a, a) }"""
    )
    path = tmp_path / "m.onnx"
    path.write_bytes(proto.SerializeToString())
    model = opened(path).model
    assert [node.op_type for node in model.graph] == ["Add", "Relu"]
    assert not model.functions


def look_at(path: Path) -> None:
    """A result or a ModelError, for anything."""
    try:
        model = opened(path).model
    except ModelError:
        return
    index_layers(model if unsound(model) else bind(model, {}, strict=False))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(damage=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=4), cut=st.integers(0, 10_000))
def test_no_damage_ends_in_a_traceback(tmp_path: Path, damage: list[tuple[int, int]], cut: int) -> None:
    content = bytearray(small().SerializeToString())
    for place, byte in damage:
        content[place % len(content)] = byte
    path = tmp_path / "damaged.onnx"
    path.write_bytes(bytes(content[: cut % len(content) or None]) if cut % 3 == 0 else bytes(content))
    look_at(path)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=300))
def test_no_bytes_end_in_a_traceback(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any.onnx"
    path.write_bytes(content)
    look_at(path)


@pytest.mark.real_models
def test_every_real_file_gives_a_result_or_a_message(real_model) -> None:
    folder = real_model("mobilenet_v2_1.0_224_fp32").parents[1]
    results, messages = 0, 0
    programs = {".pt", ".pt2", ".jit"}  # which take a conversion, and have tests of their own
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix not in programs):
        try:
            model = opened(path).model
        except ModelError:
            messages += 1
        else:
            assert index_layers(bind(model, {}, strict=False)).layers
            results += 1
    assert results == len(list(folder.rglob("*.onnx")))
    assert messages
