"""An oracle that shares nothing with attribution but the tags: run the executed graph and compare numbers.

Attribution says which original value each value of the optimized graph holds, and with it where one kernel's layers end
and the next one's begin. If it says that a token holds the output of an Add, then what the runtime puts there must be
what the original graph computes there, in another layout at most.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
import onnx_ir as ir
import pytest

from engine.backend import Array, Feeds, RunSettings
from engine.data.synthetic import synthetic
from engine.profiling.onnxruntime import session
from engine.profiling.tagging import every_node
from tests.conftest import FindPath
from tests.engine.profiling.helpers import floats, parsed, run_profiled

BLOCK = 16


@pytest.mark.real_models
@pytest.mark.parametrize(
    ("name", "shapes", "at_least"),
    [
        ("mobilenet_v2_1.0_224_fp32", {}, 50),
        ("fastestdet", {}, 100),
        ("cifar_resnet20/cifar_resnet20_ts_op13.onnx", {}, 20),
        ("cifar_resnet20_qdq_int8", {}, 30),
        ("ppocr_mobile_v1_1_det", {"image": (1, 3, 320, 320)}, 100),
        ("gtcrn_simple", {}, 50),
        ("basic_pitch", {}, 30),
    ],
)
def test_executed_values_hold_what_attribution_says(
    real_model: FindPath, tmp_path: Path, name: str, shapes: Mapping[str, tuple[int, ...]], at_least: int
) -> None:
    model = ir.load(real_model(name))
    feeds = next(synthetic(model, RunSettings(shapes=shapes), 1).batches(1))
    pairs = held_pairs(model, feeds, shapes, tmp_path)
    if len(pairs) < at_least // 3:
        pytest.skip("this processor keeps the original layouts")
    wrong = {
        token: tag
        for token, (tag, executed, original) in pairs.items()
        if not same(executed, original, quantized="int8" in name)
    }
    assert not wrong
    assert len(pairs) >= at_least


def test_a_wrong_claim_does_not_pass(tmp_path: Path) -> None:
    model = parsed(
        '<ir_version: 8, opset_import: ["" : 17]>'
        "g (float[1,16,8,8] x) => (float[1,16,8,8] y) { a = Conv<pads=[1,1,1,1]>(x, u) b = Add(a, x) c = Relu(b) "
        "y = Conv<pads=[1,1,1,1]>(c, v) }",
        {"u": floats(16, 16, 3, 3), "v": floats(16, 16, 3, 3, seed=1)},
    )
    feeds = {"x": floats(1, 16, 8, 8)}
    pairs = held_pairs(model, feeds, {}, tmp_path)
    if not pairs:
        pytest.skip("this processor keeps the original layouts")
    assert all(same(executed, original) for _, executed, original in pairs.values())
    first = next(executed for tag, executed, _ in pairs.values() if tag == "~v2.0~")
    before_the_add = evaluate(tmp_path / "tagged.onnx", ["~v0.0~"], feeds, tmp_path)["~v0.0~"]
    assert not same(first, before_the_add)


def held_pairs(
    model: ir.Model, feeds: Feeds, shapes: Mapping[str, tuple[int, ...]], folder: Path
) -> dict[str, tuple[str, Array, Array]]:
    """For each untagged value of the executed main graph: the tag it holds, its numbers, and the original's."""
    with pytest.MonkeyPatch.context() as patch:  # here the weights of the executed graph are wanted
        patch.setattr(session, "NOWHERE", str(folder / "optimized.data"))
        found = run_profiled(model, feeds, shapes, folder)
    tag_of = {
        value: f"~v{k}.{j}~" for k, node in enumerate(every_node(found.model)) for j, value in enumerate(node.outputs)
    }
    held = {
        name: tag_of[value]
        for (body, name), value in found.attribution.held.items()
        if not body and value in tag_of and name != tag_of[value]
    }
    original = evaluate(folder / "tagged.onnx", sorted(set(held.values())), feeds, folder)
    dtypes = {name: original[tag].dtype for name, tag in held.items()}
    executed = evaluate(folder / "optimized.onnx", sorted(held), feeds, folder, dtypes)
    return {name: (tag, executed[name], original[tag]) for name, tag in held.items()}


def evaluate(
    path: Path,
    names: Sequence[str],
    feeds: Feeds,
    folder: Path,
    dtypes: Mapping[str, np.dtype[np.generic]] | None = None,
) -> dict[str, Array]:
    """Values inside a graph, run as it stands."""
    import onnxruntime as ort

    model = onnx.load(path)
    present = {output.name for output in model.graph.output}
    for name in names:
        if name not in present:
            value = onnx.ValueInfoProto(name=name)
            if dtypes is not None:
                value.type.tensor_type.elem_type = onnx.helper.np_dtype_to_tensor_dtype(dtypes[name])
            model.graph.output.append(value)
    onnx.save(model, folder / "exposed.onnx")
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    session = ort.InferenceSession(str(folder / "exposed.onnx"), options, providers=["CPUExecutionProvider"])
    return dict(zip(names, session.run(list(names), dict(feeds)), strict=True))


def same(executed: Array, original: Array, *, quantized: bool = False) -> bool:
    return any(_close(layout.ravel(), original.ravel(), quantized) for layout in _layouts(executed, original.shape))


def _layouts(array: Array, shape: tuple[int, ...]) -> list[Array]:
    """The array in the original's layout, for all layouts that a runtime uses."""
    found = []
    if len(shape) == 4 and array.ndim >= 4:
        n, c, h, w = shape
        padded = -(-c // BLOCK) * BLOCK
        if array.size == n * padded * h * w:  # channels in blocks, the last one filled up
            blocks = array.reshape(n, padded // BLOCK, h, w, BLOCK).transpose(0, 1, 4, 2, 3)
            found.append(blocks.reshape(n, padded, h, w)[:, :c])
    if array.size == int(np.prod(shape)):
        found += [array.transpose(order) for order in itertools.permutations(range(array.ndim))]
    return found


def _close(a: Array, b: Array, quantized: bool) -> bool:
    if a.size != b.size:
        return False
    x, y = a.astype(np.float64), b.astype(np.float64)
    if not quantized:
        return bool(np.allclose(x, y, rtol=1e-3, atol=1e-3 * np.abs(y).max()))
    # Integer kernels round differently from dequantized arithmetic, and that adds up from layer to layer.
    return bool(np.abs(x - y).max() <= 1 or np.corrcoef(x, y)[0, 1] > 0.98)
