from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not here")

from engine.backend import RunSettings, SessionRequest  # noqa: E402
from engine.backends import backend_of  # noqa: E402
from engine.errors import DeviceError  # noqa: E402
from engine.pytorch.exported_check import _expression_faults  # noqa: E402
from engine.pytorch.loading import Loaded, ProgramInput, tensors_of  # noqa: E402
from engine.pytorch.own_graph import graph_of  # noqa: E402
from engine.pytorch.session import _compiled  # noqa: E402
from engine.pytorch.values import to_numpy  # noqa: E402


@dataclass
class Output:
    logits: object
    loss: object = None


def test_the_tensors_of_a_dataclass_are_found() -> None:
    one, two = torch.ones(1), torch.zeros(2)
    found = tensors_of({"a": Output(one), "b": [Output(two), None]})
    assert [value.shape for value in found] == [(1,), (2,)]


def test_complex_numbers_are_pairs_as_in_onnx() -> None:
    array = to_numpy(torch.tensor([1 + 2j, 3 - 4j]).conj())
    np.testing.assert_array_equal(array, [[1, -2], [3, 4]])


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        (
            "Mul(Integer(3), Symbol('s0', positive=True, integer=True), Symbol('s53', positive=True, integer=True))",
            True,
        ),
        ("Add(Integer(-1), Mul(Integer(2), Pow(Symbol('s0', integer=True), Integer(2))))", True),
        ("FloorDiv(Symbol('s0', integer=True), Integer(2)) + 1", True),
        ("Pow(Integer(10), Integer(10000000000))", False),
        ("Pow(Integer(10), Mul(Integer(100000), Integer(100000)))", False),
        ("Pow(Pow(Pow(Pow(Pow(Integer(9), Integer(9)), Integer(9)), Integer(9)), Integer(9)), Integer(9))", False),
        ("1 << 100000000000", False),
        ("Symbol('__import__')", False),
        ("__import__('os')", False),
        ("Mul(open('x'), Integer(1))", False),
    ],
)
def test_which_sizes_are_arithmetic(text: str, fine: bool) -> None:
    assert (not list(_expression_faults(text))) == fine


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_what_torch_compile_does_not_take() -> None:
    script = torch.jit.script(torch.nn.ReLU())
    with pytest.raises(DeviceError, match="TorchScript"):
        _compiled(Loaded(script, (), {}, lambda values: (tuple(values), {})), "torch:cpu")


def test_compile_is_an_option_of_the_device(monkeypatch: pytest.MonkeyPatch) -> None:
    """And a program that it cannot compile gives the way out."""
    asked = {}

    def session(request: SessionRequest, device: str, *, compiled: bool) -> object:
        asked[device] = compiled
        return object()

    monkeypatch.setattr("engine.pytorch.session.TorchSession", session)
    settings = RunSettings(device="torch:cpu", options={"compile": True})
    backend_of("torch:cpu").open(SessionRequest(Path("m.pt2"), settings))
    assert asked == {"cpu": True}
    backend_of("torch:cpu").open(SessionRequest(Path("m.pt2"), replace(settings, options={})))
    assert asked == {"cpu": False}


class InDictionary(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear = torch.nn.Linear(8, 4)

    def forward(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        result = self.linear(x)
        return {"logits": result, "positive": result.relu()}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_what_a_script_gives_in_a_dictionary_is_an_output() -> None:
    script = torch.jit.script(InDictionary())
    loaded = Loaded(script, (ProgramInput("x", "float32", (2, 8)),), {}, lambda values: (tuple(values), {}))
    found = graph_of(loaded, {"x": (2, 8)})
    assert [node.op_type for node in found.graph] == ["linear", "relu"]
    assert [value.name for value in found.graph.outputs] == ["output_0", "output_1"]
