"""PyTorch's files are told apart, and what they hold is not run, without PyTorch."""

from __future__ import annotations

import io
import json
import pickle
import struct
import sys
import types
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.cli.main import main
from engine.errors import ModelError
from engine.format import Opening, TrustNeeded
from engine.formats import formats, open_source
from engine.progress import Progress
from engine.pytorch.archives import read_archive
from engine.pytorch.exported_check import check_exported
from engine.pytorch.pickles import NotAPickle, scan


def refusal(path: Path) -> str:
    with pytest.raises(ModelError) as caught:
        open_source(path, Progress())
    assert caught.value.exit_status == 3
    return str(caught.value)


def archive(path: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        for name, content in entries.items():
            file.writestr(f"m/{name}", content)
    return path


def fake(module: str, name: str) -> Any:
    """A class that pickles under the name of one that is not here."""
    made = type(name, (), {"__module__": module})
    sys.modules.setdefault(module, types.ModuleType(module))
    setattr(sys.modules[module], name, made)
    return made


def module_pickle() -> bytes:
    """What ``torch.save(module)`` writes, as far as its opcodes tell."""
    thing = fake("netz_of_mine", "Net")()
    thing.__dict__.update(training=False, _parameters=OrderedDict(), _buffers=OrderedDict(), _modules=OrderedDict())
    return pickle.dumps(thing, protocol=2)


def weights_pickle(**others: object) -> bytes:
    """A state dict: every tensor is a call of PyTorch's own function on a storage."""

    class Tensor:
        def __reduce__(self) -> Any:
            rebuild = fake("netz_of_mine", "_rebuild_tensor_v2")
            return rebuild, (("storage", "0"), 0, (4, 3), (3, 1), False, OrderedDict())

    content = pickle.dumps(OrderedDict(weight=Tensor(), **others), protocol=2)
    return content.replace(b"netz_of_mine\n", b"torch._utils\n")


def writing_pickle(target: Path) -> bytes:
    """A pickle whose loading writes a file."""

    class Evil:
        def __reduce__(self) -> Any:
            return exec, (f"open({str(target)!r}, 'w').close()",)

    content = pickle.dumps(Evil(), protocol=2)
    pickle.loads(content)
    assert target.exists(), "the test would show nothing"
    target.unlink()
    return content


@pytest.mark.parametrize("zipped", [True, False])
def test_a_pickle_that_writes_a_file_is_opened_and_the_file_is_not_there(
    tmp_path: Path, zipped: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    target, path = tmp_path / "written", tmp_path / "m.pt"
    content = writing_pickle(target)
    if zipped:
        archive(path, {"data.pkl": content})
    else:
        path.write_bytes(content)
    assert "would call builtins.exec" in refusal(path)
    assert main(["inspect", str(path), "--trust"]) == 3, "trust is for modules"
    assert "not loaded" in capsys.readouterr().err
    assert not target.exists()


def test_a_whole_module_needs_trust(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = archive(tmp_path / "m.pth", {"data.pkl": module_pickle()})
    with pytest.raises(TrustNeeded, match=r"netz_of_mine\.Net"):
        open_source(path, Progress())
    assert main(["inspect", str(path)]) == 3
    assert "--trust" in capsys.readouterr().err
    program = formats()["torch_pickle"].program
    assert program is not None
    assert program(path, Opening(trusted=True)).kind == "module"


def test_weights_alone_say_what_is_missing(tmp_path: Path) -> None:
    said = refusal(archive(tmp_path / "w.pth", {"data.pkl": weights_pickle()}))
    assert "weight 4x3" in said and "12 numbers" in said and "model.py:build" in said


def test_a_checkpoint_with_other_objects_is_not_unpickled(tmp_path: Path) -> None:
    said = refusal(archive(tmp_path / "c.ckpt", {"data.pkl": weights_pickle(options=fake("argparse_of_mine", "N")())}))
    assert "checkpoint" in said and "argparse_of_mine.N" in said


def test_safetensors_say_what_is_missing(tmp_path: Path) -> None:
    header = json.dumps({"fc.weight": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}}).encode()
    path = tmp_path / "w.safetensors"
    path.write_bytes(struct.pack("<Q", len(header)) + header + bytes(24))
    said = refusal(path)
    assert "fc.weight 2x3" in said and "model.py:build" in said
    path.write_bytes(struct.pack("<Q", 9) + b"{not json")
    assert "damaged" in refusal(path)


def test_a_python_file_is_not_run_without_trust(tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\ndef build(): ...\ndef large(): ...\n")
    with pytest.raises(TrustNeeded):
        open_source(path, Progress())
    with pytest.raises(TrustNeeded):
        open_source(path.with_name("model.py:large"), Progress())
    assert not (tmp_path / "ran").exists()
    assert "it has build, large" in refusal(path.with_name("model.py:small"))
    path.write_text("def build(:\n")
    assert "no Python" in refusal(path)


def test_torchscript_that_writes_files_is_refused(tmp_path: Path) -> None:
    code = b"def __setstate__(self, state):\n  torch.save(state, 'x')\n"
    path = archive(tmp_path / "m.pt", {"data.pkl": b"\x80\x02}.", "constants.pkl": b"\x80\x02).", "code/m.py": code})
    assert "'save'" in refusal(path)


@pytest.mark.parametrize("fault", ["twice", "case", "comment", "tail", "bomb"])
def test_an_archive_that_readers_could_read_differently_is_refused(tmp_path: Path, fault: str) -> None:
    path = tmp_path / "m.pt"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("m/data.pkl", module_pickle())
        if fault in ("twice", "case"):
            with pytest.warns(UserWarning) if fault == "twice" else _nothing():
                file.writestr("m/data.pkl" if fault == "twice" else "m/DATA.pkl", b"\x80\x02}.")
        if fault == "bomb":
            file.writestr("m/zeros", bytes(4 << 20))
        if fault == "comment":
            file.comment = b"PK\x05\x06" + bytes(18)
    if fault == "tail":
        with path.open("ab") as more:
            more.write(b"PK\x05\x06" + bytes(18) + b"more")
    assert any(word in refusal(path) for word in ("ambiguous", "unpacks to far more", "damaged", "ZIP"))


class _nothing:  # noqa: N801 (stands where pytest.warns does)
    def __enter__(self) -> None: ...
    def __exit__(self, *_: object) -> None: ...


def test_what_is_no_pickle_is_said_so() -> None:
    assert scan(module_pickle()).kind == "module"
    for content in (b"", b"\x80\x02", b"\x80\x02}q\x00", b"\x80\x02R."):
        with pytest.raises(NotAPickle):
            scan(content)


# -- exported programs: every place where loading one would run something --------------------------------------------

Change = Callable[[dict[str, Any]], None]


def first(content: dict[str, Any], key: str) -> Any:
    """The first object that has a key, wherever it stands."""
    waiting: list[Any] = [content]
    while waiting:
        value = waiting.pop(0)
        if isinstance(value, dict):
            if key in value:
                return value
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    raise AssertionError(f"no {key}")


CHANGES: dict[str, tuple[str, Change]] = {
    "target": ("no operator", lambda c: first(c, "target").update(target="torch.os.system")),
    "dunder": ("no operator", lambda c: first(c, "target").update(target="_operator.__import__")),
    "getter": ("no operator", lambda c: first(c, "target").update(target="_operator.methodcaller")),
    "files": ("no operator", lambda c: first(c, "target").update(target="torch.ops.aten.from_file.default")),
    "custom": ("custom operator", lambda c: first(c, "target").update(target="torch.ops.mine.op.default")),
    "size": ("more than an expression", lambda c: first(c, "expr_str").update(expr_str="().__class__.__bases__")),
    "call": ("more than an expression", lambda c: first(c, "expr_str").update(expr_str="exec('x')")),
    "power": ("more than an expression", lambda c: first(c, "expr_str").update(expr_str="9**9**9")),
    "name": ("no name", lambda c: first(c, "as_tensor")["as_tensor"].update(name="x=exec('y')")),
    "argument": ("no name", lambda c: first(c, "forward_arg_names").update(forward_arg_names=["x=exec('y')"])),
    "range": ("no name", lambda c: c.update(range_constraints={"f(x).y": {}})),
    "class": ("of the class", lambda c: first(c, "in_spec").update(in_spec='[1, {"type": "os.PathLike"}]')),
}


def changed(source: Path, target: Path, change: Change | None, **extra: bytes) -> Path:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if change is not None and name.endswith("models/model.json"):
                found = json.loads(content)
                change(found)
                content = json.dumps(found).encode()
            new.writestr(name, content)
        for name, content in extra.items():
            new.writestr(f"x/data/constants/{name}", content)
    return target


@pytest.mark.real_models
@pytest.mark.parametrize("kind", CHANGES)
def test_an_exported_program_that_would_run_code_is_refused(real_model, tmp_path: Path, kind: str) -> None:
    source = real_model("cifar_resnet20/cifar_resnet20.pt2")
    why, change = CHANGES[kind]
    assert why in refusal(changed(source, tmp_path / "m.pt2", change))


@pytest.mark.real_models
def test_an_exported_program_that_would_unpickle_is_refused(real_model, tmp_path: Path) -> None:
    source = real_model("cifar_resnet20/cifar_resnet20.pt2")
    check_exported(read_archive(source))
    evil = io.BytesIO()
    with zipfile.ZipFile(evil, "w") as file:
        file.writestr("a/data.pkl", writing_pickle(tmp_path / "written"))
    assert "pickled objects" in refusal(changed(source, tmp_path / "a.pt2", None, opaque_obj_0=b"x"))
    assert "a pickle that names" in refusal(changed(source, tmp_path / "b.pt2", None, tensor_0=evil.getvalue()))
    assert not (tmp_path / "written").exists()
