"""TorchScript says no element types; its graph and the files of the user do."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.program import Program
from engine.progress import Progress
from engine.pytorch.convert import convert
from engine.pytorch.loading import load, sha256_of
from engine.pytorch.values import values_of

pytestmark = [
    pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="PyTorch is not here"),
    pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning"),
]


def program(tmp_path: Path, cast: bool, **values: str) -> Program:
    import torch

    class Tokens(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.table = torch.nn.Embedding(10, 4)

        def forward(self, ids: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
            ids = (ids.to(torch.int64) if cast else ids)[:, 1:]
            return torch.mul(self.table(ids), weights)

    path = tmp_path / f"tokens{cast}.pt"
    example = (torch.ones(1, 5, dtype=torch.int64), torch.ones(4))
    trace: Any = torch.jit.trace
    trace(Tokens(), example).save(str(path))
    return Program(path, "torchscript", sha256_of(path), shapes={"ids": (1, 5), "weights": (4,)}, values=values)


@pytest.mark.parametrize("cast", [False, True])
def test_what_reaches_an_embedding_is_an_index(tmp_path: Path, cast: bool) -> None:
    assert [one.dtype for one in load(program(tmp_path, cast)).inputs] == ["int64", ""]


def test_the_element_type_of_a_given_file_counts_but_for_float64(tmp_path: Path) -> None:
    for name, dtype in (("ids", "int32"), ("doubles", "float64"), ("halves", "float16")):
        np.save(tmp_path / f"{name}.npy", np.ones(4, dtype))
    given = {name: str(tmp_path / f"{name}.npy") for name in ("ids", "doubles", "halves")}
    loaded = load(program(tmp_path, False, ids=given["ids"], weights=given["doubles"]))
    assert [one.dtype for one in loaded.inputs] == ["int32", ""]
    without_shapes = replace(program(tmp_path, False, ids=given["ids"], weights=given["doubles"]), shapes={})
    assert [str(value.dtype) for value in values_of(loaded, without_shapes, {}, 0)] == ["torch.int32", "torch.float32"]
    assert load(program(tmp_path, False, weights=given["halves"])).inputs[1].dtype == "float16"


def test_the_converted_graph_takes_integers(tmp_path: Path) -> None:
    import onnx

    outcome = convert(program(tmp_path, False), tmp_path / "model.onnx", progress=Progress())
    kinds = [one.type.tensor_type.elem_type for one in onnx.load(tmp_path / "model.onnx").graph.input]
    assert (outcome.conversion.stopped, kinds) == ("", [onnx.TensorProto.INT64, onnx.TensorProto.FLOAT])
