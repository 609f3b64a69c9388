"""What is said where the code of the user's own file goes wrong, or ends the process that runs it."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest

from engine.errors import ModelError
from engine.program import Program
from engine.progress import Progress
from engine.pytorch import opening
from engine.pytorch.convert import Outcome, convert
from engine.pytorch.faults import cause, first_lines
from engine.pytorch.loading import sha256_of

with_torch = pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="PyTorch is not here")

MODULE = """\
import sys, torch
example_inputs = (torch.zeros(1, 4),)
class Net(torch.nn.Module):
    def forward(self, x):
        {forward}
def build():
    {build}
    return Net()
{top}
"""


def program(tmp_path: Path, *, forward: str = "return x", build: str = "pass", top: str = "") -> Program:
    path = tmp_path / "net.py"
    path.write_text(MODULE.format(forward=forward, build=build, top=top))
    return Program(path, "factory", sha256_of(path), function="build", trusted=True)


def said(program: Program, tmp_path: Path) -> str:
    with pytest.raises(ModelError) as caught:
        convert(program, tmp_path / "model.onnx", progress=Progress())
    assert caught.value.exit_status == 3 and caught.value.where == str(program.path)
    return caught.value.what


@with_torch
def test_a_file_that_ends_itself_is_named_with_the_line(tmp_path: Path) -> None:
    assert said(program(tmp_path, build="sys.exit(0)"), tmp_path).endswith(
        "the program ended itself (sys.exit, 0) while it was loaded, at net.py:7"
    )
    assert "(sys.exit, 7) while it was loaded, at net.py:9" in said(program(tmp_path, top="sys.exit(7)"), tmp_path)
    assert "at net.py:5" in said(program(tmp_path, forward="sys.exit()"), tmp_path)


@with_torch
def test_what_its_code_raises_is_said_with_its_class_and_line(tmp_path: Path) -> None:
    found = said(program(tmp_path, build='raise ValueError("boom\\nsecond line")'), tmp_path)
    assert found == "its code raised ValueError at net.py:7: boom second line"


@with_torch
def test_a_module_without_parts_that_cannot_run_is_shown_with_the_reason(tmp_path: Path) -> None:
    import onnx

    outcome = convert(
        program(tmp_path, forward="return x @ torch.zeros(3, 3)"), tmp_path / "m.onnx", progress=Progress()
    )
    assert "RuntimeError at net.py:5: mat1 and mat2 shapes" in outcome.conversion.stopped
    assert [node.op_type for node in onnx.load(tmp_path / "m.onnx").graph.node] == ["Net"]


def gone(program: Program, target: Path, *, progress: Progress) -> Outcome:
    os._exit(0)


def test_a_file_that_ends_its_process_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "net.py"
    path.write_text("")
    monkeypatch.setattr(opening, "convert", gone)
    with pytest.raises(ModelError, match="ended its process, with status 0, while it was loaded") as caught:
        opening._in_child(Program(path, "factory", ""), path, 60, Progress())
    assert caught.value.where == str(path)


def test_of_torchscript_s_traceback_the_cause_is_kept() -> None:
    text = (
        "The following operation failed in the TorchScript interpreter.\n"
        "Traceback of TorchScript, serialized code (most recent call last):\n"
        '  File "code/__torch__/net.py", line 10, in forward\n    x = torch.embedding(w, ids)\n        ~~~ <--- HERE\n'
        "\nTraceback of TorchScript, original code (most recent call last):\nnet.py(3): forward\n"
        "RuntimeError: Expected tensor for argument #1 'indices' to be one of Long, Int;\nbut got FloatTensor instead\n"
    )
    assert first_lines(RuntimeError(text)) == (
        "RuntimeError: Expected tensor for argument #1 'indices' to be one of Long, Int; but got FloatTensor instead"
    )
    types = RuntimeError(text.replace("one of", "one of the following scalar types:"))
    assert "--input NAME=FILE.npy" in cause(types, Program(Path("net.pt"), "torchscript", ""))
