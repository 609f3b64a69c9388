"""Real programs, converted and run; PyTorch is imported once, in this process, where nothing of it is measured."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx_ir as ir
import pytest

from engine.backend import RunSettings, SessionRequest, Trace
from engine.errors import DeviceError, ModelError, UsageError
from engine.format import InputsNeeded, Opening, Source
from engine.formats import formats, open_source
from engine.graph.formula import formulas
from engine.graph.layers import LayerIndex, index_layers
from engine.graph.origin import source_line
from engine.graph.shapes import bind
from engine.profiling.attribution import attribute
from engine.profiling.tagging import tagged
from engine.program import Program, program_of, tie
from engine.progress import Progress

pytestmark = pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="PyTorch is not here")

Find = Callable[[str], Path]
TRACED, EXPORTED = "cifar_resnet20/cifar_resnet20_traced.pt", "cifar_resnet20/cifar_resnet20.pt2"
LSTM, SILERO = "unitree_g1_motion_pt/motion.pt", "silero_vad_jit/silero_vad.jit"
X = {"x": (1, 3, 32, 32)}
SPOKEN = Opening({"x": (1, 512)}, {"sr": "16000"}, as_it_is=True)


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Conversions in this process instead of a child for each, which would import PyTorch anew."""
    from engine.pytorch import opening
    from engine.pytorch.convert import convert

    monkeypatch.setattr(
        opening, "_in_child", lambda program, target, limit_s, progress: convert(program, target, progress=progress)
    )


def opened(path: Path, opening: Opening | None = None) -> Source:
    return open_source(path, Progress(), opening)


def costs(model: ir.Model) -> LayerIndex:
    return index_layers(bind(model, {}, 1, strict=False))


@pytest.mark.real_models
def test_one_network_in_three_files_is_one_network(real_model: Find) -> None:
    import onnxruntime

    sources = [
        opened(real_model("cifar_resnet20/cifar_resnet20_ts_op13.onnx")),
        opened(real_model(TRACED), Opening(X)),
        opened(real_model(EXPORTED)),
    ]
    found = [costs(source.model) for source in sources]
    assert {one.parameters for one in found} == {269_034}
    assert {one.macs for one in found} == {40_551_040}
    image = np.random.default_rng(0).standard_normal((1, 3, 32, 32), np.float32)
    results = []
    for source in sources:
        session = onnxruntime.InferenceSession(ir.to_proto(source.model).SerializeToString())
        results.append(session.run(None, {session.get_inputs()[0].name: image})[0])
    for result in results[1:]:
        np.testing.assert_allclose(result, results[0], atol=1e-4)
    for source in sources[1:]:
        assert source.conversion is not None and not source.conversion.stopped
        (difference,) = source.conversion.differences
        assert difference.max_abs_error < 1e-4 and difference.sqnr_db is not None and difference.sqnr_db > 90
        assert source.program is not None and program_of(source.model) == source.program
        assert program_of(source.model.clone()) is None, "a copy may be treated, and PyTorch would not run that"
    lines = [source_line(node) for node in sources[2].model.graph]
    assert {line.file for line in lines if line} == {"resnet_cifar.py"} and all(lines)
    scopes = {layer.scope for layer in found[2].layers if layer.op == "Conv"}
    assert ("layer1", "0", "conv2") in scopes and ("conv1",) in scopes
    assert {layer.scope for layer in found[1].layers if layer.op == "Conv"} == scopes


def test_a_transformer_opens_with_its_open_sizes(tmp_path: Path) -> None:
    """Encoder and decoder with masks, a table of positions that ends at 40, two open lengths and one batch of both."""
    import torch
    from torch import nn

    class Translator(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embed, self.head = nn.Embedding(50, 16), nn.Linear(16, 50)
            self.positions = nn.Parameter(torch.randn(1, 40, 16))
            encoder = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True, norm_first=True)
            decoder = nn.TransformerDecoderLayer(16, 2, 32, batch_first=True)
            self.encoder = nn.TransformerEncoder(encoder, 1, enable_nested_tensor=False)
            self.decoder = nn.TransformerDecoder(decoder, 1)

        def forward(self, source: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
            read = self.embed(source) + self.positions[:, : source.shape[1]]
            memory = self.encoder(read, src_key_padding_mask=source == 0)
            mask = nn.Transformer.generate_square_subsequent_mask(target.shape[1])
            return self.head(self.decoder(self.embed(target), memory, tgt_mask=mask, tgt_is_causal=True))

    torch.manual_seed(0)
    batch, read, written = (torch.export.Dim(name, min=2, max=40) for name in ("batch", "read", "written"))
    examples = torch.ones(3, 9, dtype=torch.int64), torch.ones(3, 5, dtype=torch.int64)
    sizes = {0: batch, 1: read}, {0: batch, 1: written}
    path = tmp_path / "translator.pt2"
    torch.export.save(torch.export.export(Translator().eval(), examples, dynamic_shapes=sizes), path)

    source = opened(path, Opening({"source": (2, 7)}))
    assert source.conversion is not None and not source.conversion.stopped
    assert source.conversion.shapes == {"source": (2, 7), "target": (2, 5)}, "one batch is the other's too"
    (difference,) = source.conversion.differences
    assert difference.sqnr_db is not None and difference.sqnr_db > 100
    names = [value.shape[1].value for value in source.model.graph.inputs if value.shape is not None]
    assert len(set(names)) == 2 and all(names), "the lengths are open"
    open_costs = formulas(source.model, {}, 1)
    assert open_costs is not None and open_costs.macs is not None
    assert all(f"{name}²" in open_costs.macs for name in names), "attention to itself is squared in the length"
    index = index_layers(bind(source.model, {"source": (1, 7), "target": (1, 5)}, strict=True))
    assert index.macs is not None and all(layer.macs is not None for layer in index.layers)
    assert any("decoder" in layer.scope for layer in index.layers if layer.op == "Softmax")


@pytest.mark.real_models
def test_a_shape_that_weights_tell_need_not_be_given_and_state_is_put_back(real_model: Find) -> None:
    source = opened(real_model(LSTM))
    assert source.conversion is not None and source.conversion.shapes == {"x": (1, 47)}
    assert source.conversion.differences[0].max_abs_error < 1e-4, "the exporter ran it once, and kept that state"
    assert any("keeps state" in note for note in source.conversion.notes)
    began = time.perf_counter()
    again = opened(real_model(LSTM))
    assert again.conversion == replace(source.conversion, cached=True) and time.perf_counter() - began < 1


@pytest.mark.real_models
def test_what_cannot_be_converted_is_shown_with_its_reason(real_model: Find) -> None:
    source = opened(real_model(SILERO), SPOKEN)
    assert source.conversion is not None and "bitwise Not" in source.conversion.stopped
    index = index_layers(source.model)
    assert {"conv1d", "lstm_cell", "If"} <= {layer.op for layer in index.layers}
    assert index.parameters > 400_000
    assert any(layer.scope == ("_model", "encoder", "0", "reparam_conv") for layer in index.layers)
    with pytest.raises(ModelError, match="bitwise Not"):
        opened(real_model(SILERO), replace(SPOKEN, as_it_is=False))


@pytest.mark.real_models
def test_inputs_that_nobody_says_are_asked_for(real_model: Find) -> None:
    with pytest.raises(InputsNeeded, match="--shape x=1,3,224,224") as caught:
        opened(real_model(TRACED))
    assert caught.value.tensors == {"x": (1, 3, 224, 224)} and caught.value.exit_status == 3
    with pytest.raises(UsageError, match="no input 'y'"):
        opened(real_model(TRACED), Opening({"y": (1,)}))
    with pytest.raises(ModelError, match="cannot run it on these inputs"):
        opened(real_model(TRACED), Opening({"x": (1, 4, 32, 32)}))
    shown = opened(real_model(TRACED), Opening(as_it_is=True, inputs_later=True))
    assert shown.conversion is not None and "shape" in shown.conversion.stopped


def traced(source: Source, tmp_path: Path, feeds: dict[str, np.ndarray]) -> Trace:
    from engine.pytorch.session import TorchSession

    path = tmp_path / "tagged.onnx"
    ir.save(tagged(source.model), path)
    settings = RunSettings(device="torch:cpu", threads=1)
    session = TorchSession(SessionRequest(path, settings, profile=True, program=source.program), "cpu")
    for _ in range(4):
        session.run(feeds)
    return session.finish_trace()


@pytest.mark.real_models
@pytest.mark.parametrize(("name", "opening"), [(TRACED, Opening(X)), (EXPORTED, None), (SILERO, SPOKEN)])
def test_every_operator_is_brought_back_to_its_layer(
    real_model: Find, tmp_path: Path, name: str, opening: Opening | None
) -> None:
    source = opened(real_model(name), opening)
    shape = (1, 512) if name == SILERO else (1, 3, 32, 32)
    feeds = {"x": np.zeros(shape, np.float32)} | ({"sr": np.array(16000)} if name == SILERO else {})
    trace = traced(source, tmp_path, feeds)
    for events, wall_us in zip(trace.runs, trace.wall_us, strict=True):
        assert 0 < sum(event.duration_us for event in events) <= wall_us
    bound = bind(source.model, {}, 1, strict=False)
    index = index_layers(bound)
    found = attribute(bound, index, trace.executed, trace.constants)
    owners = {node.name: owner for node, owner in zip(trace.executed, found.owners, strict=True)}
    assert all(owners[event.name].lead for event in trace.runs[-1]), "time without an owner"
    for event in trace.runs[-1]:
        if event.op in ("aten::conv2d", "aten::conv1d", "aten::_convolution", "aten::linear"):
            lead = index.by_id[owners[event.name].lead or ""]
            assert lead.op in ("Conv", "Gemm", "conv1d") and event.name.startswith(".".join(lead.scope))
    ran = [node.name in {event.name for event in trace.runs[-1]} for node in trace.executed]
    states = found.states(ran)
    if name == SILERO:
        assert not any(state == "timed" for layer, (state, _) in states.items() if "_model_8k" in layer)
    else:
        assert all(states[layer.id][0] == "timed" for layer in index.layers if layer.op in ("Conv", "Gemm", "Relu"))


@pytest.mark.real_models
def test_the_session_computes_what_the_program_does(real_model: Find, tmp_path: Path) -> None:
    import onnxruntime

    from engine.pytorch.session import TorchSession

    source = opened(real_model(TRACED), Opening(X))
    path = tmp_path / "m.onnx"
    ir.save(source.model, path)
    settings = RunSettings(device="torch:cpu", threads=1)
    session = TorchSession(SessionRequest(path, settings, program=source.program), "cpu")
    image = {"x": np.random.default_rng(1).standard_normal((1, 3, 32, 32), np.float32)}
    expected = onnxruntime.InferenceSession(str(path)).run(None, image)[0]
    np.testing.assert_allclose(session.run(image, ["output"])[0], expected, atol=1e-4)
    assert [info.name for info in session.outputs] == ["output"]
    with pytest.raises(DeviceError, match="cannot run it"):
        session.run({"x": np.zeros((1, 4, 32, 32), np.float32)})
    assert source.program is not None
    with pytest.raises(ModelError, match="changed"):
        TorchSession(SessionRequest(path, settings, program=replace(source.program, sha256="0")), "cpu")


NET = """
import torch

class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.table = torch.nn.Embedding(10, 4)
        self.fc = torch.nn.Linear(4, 3)

    def forward(self, words, scale=2.0):
        if words.sum() < 0:  # torch.export cannot follow this
            return self.fc(self.table(words)).mean(1)
        return self.fc(self.table(words)).mean(1) * scale

def build():
    from helper import DEPTH
    return Net()

def with_examples():
    return Net(), (torch.tensor([[1, 2, 3]]),)
"""


def test_a_python_file_is_built_traced_and_hashed_with_what_it_reads(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("DEPTH = 1\n")
    path = tmp_path / "model.py"
    path.write_text(NET)
    opening = Opening({"words": (1, 5)}, trusted=True)
    source = opened(path, opening)
    assert source.conversion is not None and source.conversion.exporter == "torchscript"
    assert "traced instead" in " ".join(source.conversion.notes)
    assert source.conversion.differences[0].max_abs_error < 1e-5
    again = opened(path, opening)
    assert again.conversion is not None and again.conversion.cached
    (tmp_path / "helper.py").write_text("DEPTH = 2\n")
    changed = opened(path, opening)
    assert changed.conversion is not None and not changed.conversion.cached
    assert not (tmp_path / "__pycache__").exists(), "nothing is written beside the file"


def test_a_program_stays_with_its_own_model(real_model: Find, tmp_path: Path) -> None:
    program = formats()["torchscript"].program
    assert program is not None
    made: Program = program(real_model(TRACED), Opening(X))
    model = ir.Model(ir.Graph([], [], nodes=[]), ir_version=10)
    assert program_of(model) is None
    tie(model, made)
    assert program_of(model) == made and program_of(tagged(model)) is None


@pytest.mark.real_models
def test_a_profile_that_failed_leaves_the_next_one_alone(real_model: Find, tmp_path: Path) -> None:
    from engine.pytorch.session import TorchSession

    source = opened(real_model(LSTM))
    path = tmp_path / "m.onnx"
    ir.save(tagged(source.model), path)
    request = SessionRequest(path, RunSettings(device="torch:cpu", threads=1), profile=True, program=source.program)
    failing = TorchSession(request, "cpu")
    with pytest.raises(DeviceError):
        failing.run({"x": np.zeros((1, 46), np.float32)})
    del failing
    assert len(traced(source, tmp_path, {"x": np.zeros((1, 47), np.float32)}).runs) == 4
