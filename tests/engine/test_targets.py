from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from engine.errors import CheckError, UsageError
from engine.targets import check_target, check_targets, disk_faults, write_text, written_aside


def test_a_fresh_name_and_an_old_result_may_be_written(tmp_path: Path) -> None:
    old = tmp_path / "old.onnx"
    old.write_bytes(b"1")
    assert check_target(old, {tmp_path / "model.onnx": "the model"}) == old
    assert check_target(tmp_path / "new.onnx", {}) == tmp_path / "new.onnx"


@pytest.mark.parametrize("how", ["same", "symlink", "hardlink", "dots"])
def test_a_file_that_is_read_is_never_written(tmp_path: Path, how: str) -> None:
    model, other = tmp_path / "model.onnx", tmp_path / "other.onnx"
    model.write_bytes(b"1")
    if how == "symlink":
        other.symlink_to(model)
    elif how == "hardlink":
        other.hardlink_to(model)
    named = {"same": model, "dots": tmp_path / ".." / tmp_path.name / "model.onnx"}.get(how, other)
    with pytest.raises(UsageError, match="is the model, which is never written"):
        check_target(named, {model: "the model"})


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_what_is_no_file_is_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(UsageError, match="a device or a pipe"):
        check_target(pipe, {})
    with pytest.raises(UsageError, match="a device or a pipe"):
        write_text(pipe, "{}")


@pytest.mark.parametrize("name", ["", "none/out.onnx", "a" * 300, "file/out.onnx"])
def test_what_cannot_work_says_so(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UsageError):
        check_target(tmp_path / name, {})


def test_two_results_do_not_go_to_one_file(tmp_path: Path) -> None:
    check_targets([tmp_path / "a", None, tmp_path / "b"], {})
    with pytest.raises(UsageError, match="another result of the same command"):
        check_targets([tmp_path / "a", tmp_path / "a"], {})


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "recipe.json"
    write_text(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_text(path, "new \ud800")
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["recipe.json"]


def test_a_full_disk_is_a_failed_check(tmp_path: Path) -> None:
    with pytest.raises(CheckError, match="disk is full"), disk_faults(tmp_path):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_what_is_written_aside_may_be_read_as_any_new_file_and_as_the_old_one(tmp_path: Path) -> None:
    usual, made, old = tmp_path / "usual", tmp_path / "made", tmp_path / "old"
    usual.write_text("x")
    for target in (made, old):
        if target is old:
            old.write_text("x")
            old.chmod(0o640)
        with written_aside(target) as aside:
            aside.write_text("new")
        assert target.read_text() == "new"
    assert made.stat().st_mode == usual.stat().st_mode
    assert os.name == "nt" or old.stat().st_mode & 0o777 == 0o640


def test_what_fails_aside_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.write_text("old")
    with pytest.raises(RuntimeError), written_aside(old) as aside:
        aside.write_text("half")
        raise RuntimeError
    assert [path.name for path in tmp_path.iterdir()] == ["old"]
    assert old.read_text() == "old"
