"""The process that converts: its limit, its end, and what is kept of it. Nothing here imports PyTorch."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from engine.errors import Cancelled, ModelError
from engine.format import Opening
from engine.formats import formats, open_source
from engine.program import Conversion, Program
from engine.progress import Progress
from engine.pytorch import opening
from engine.pytorch.convert import Outcome


def asleep(program: Program, target: Path, *, progress: Progress) -> Outcome:
    progress.step("converting")
    time.sleep(60)
    raise AssertionError("nobody stopped it")


@pytest.fixture
def program(tmp_path: Path) -> Program:
    (tmp_path / "m.pt").write_bytes(b"x")
    return Program(tmp_path / "m.pt", "torchscript", "0" * 64)


def test_a_conversion_that_takes_too_long_is_stopped(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "convert", asleep)
    began = time.perf_counter()
    with pytest.raises(ModelError, match=r"longer than 0\.5 s"):
        opening._in_child(program, program.path, 0.5, Progress())
    assert time.perf_counter() - began < 10


def test_a_conversion_is_cancelled_at_once(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "convert", asleep)
    progress = Progress()
    threading.Timer(0.5, progress.cancel).start()
    with pytest.raises(Cancelled):
        opening._in_child(program, program.path, 60, progress)


def test_without_pytorch_the_message_says_what_to_install(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModelError, match=r"pip install 'lathe\[torch\]'"):
        opening._convert(program, tmp_path / "kept", 1, Progress())
    assert not (tmp_path / "kept").exists()


def test_what_was_kept_and_is_damaged_is_made_again(tmp_path: Path) -> None:
    (tmp_path / opening._FILE).write_bytes(b"graph")
    (tmp_path / "read.py").write_text("1")
    found = Outcome(Conversion("dynamo", 1.0, {}, ()), files=(str(tmp_path / "read.py"),))
    opening._record(found, tmp_path)
    kept = opening._kept(tmp_path)
    assert kept is not None and kept.conversion.cached
    (tmp_path / "read.py").write_text("2")
    assert opening._kept(tmp_path) is None, "what the program read has changed"
    opening._record(found, tmp_path)
    (tmp_path / opening._FILE).write_bytes(b"other")
    assert opening._kept(tmp_path) is None
    record: Any = json.loads((tmp_path / opening._RECORD).read_text())
    (tmp_path / opening._RECORD).write_text(json.dumps({**record, "conversion": {}}))
    assert opening._kept(tmp_path) is None


def test_only_so_many_are_kept(tmp_path: Path) -> None:
    for number in range(opening.KEPT + 3):
        (tmp_path / str(number)).mkdir()
    opening._forget_old(tmp_path)
    assert len(list(tmp_path.iterdir())) == opening.KEPT


def test_the_key_is_of_content_and_inputs_and_not_of_the_place(program: Program, tmp_path: Path) -> None:
    from dataclasses import replace

    key = opening._key(program)
    assert opening._key(replace(program, path=tmp_path / "elsewhere.pt")) == key
    assert opening._key(replace(program, shapes={"x": (1,)})) != key
    assert opening._key(replace(program, sha256="1" * 64)) != key


def test_a_format_opens_or_names_a_program() -> None:
    for format_ in formats().values():
        assert (format_.open is None) != (format_.program is None), format_.key
        assert format_.title and all(suffix.startswith(".") for suffix in format_.suffixes)


def test_a_file_that_is_none_of_them_names_what_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "m.pt2"
    path.write_bytes(b"no archive")
    with pytest.raises(ModelError, match="TorchScript"):
        open_source(path, Progress(), Opening(trusted=True))
