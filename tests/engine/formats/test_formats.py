from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.errors import ModelError
from engine.formats import formats, open_source
from engine.progress import Progress


def refusal(path: Path) -> str:
    with pytest.raises(ModelError) as caught:
        open_source(path, Progress())
    assert caught.value.exit_status == 3
    return str(caught.value)


def test_onnx_is_a_format() -> None:
    assert formats()["onnx"].suffixes == (".onnx",)


def test_no_file(tmp_path: Path) -> None:
    assert "no such file" in refusal(tmp_path / "none.onnx")


def test_a_folder(tmp_path: Path) -> None:
    assert "folder" in refusal(tmp_path)


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "m.onnx").touch()
    assert "empty" in refusal(tmp_path / "m.onnx")


def test_a_pipe_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "m.onnx")
    assert "not a regular file" in refusal(tmp_path / "m.onnx")


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(b"\x08\x08")

    def refuse(*args: object, **kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)  # the tests may run as root, who may read anything
    assert "no permission" in refusal(path)


def test_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "sizes.csv"
    path.write_text("Größe,12\n" * 200, encoding="utf-8")
    assert "it is text" in refusal(path)
    path.write_bytes(bytes(range(256)))
    assert "its content is unknown" in refusal(path)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"PK\x03\x04....", "ZIP"),
        (b"\x80\x02}q\x00.", "pickle"),
        (b"\x1c\x00\x00\x00TFL3", "TensorFlow Lite"),
        (b"\x1c\x00\x00\x00ORTM", "ONNX Runtime"),
        (b"GGUF\x03", "GGUF"),
        (b"\x89HDF\r\n", "HDF5"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"\xff\xd8\xff\xe0", "picture"),
        (b'[{"a": 1}]', "JSON"),
        (b"version https://git-lfs.github.com/spec/v1", "git lfs pull"),
    ],
)
def test_other_kinds_of_file_are_named_even_as_onnx(tmp_path: Path, content: bytes, what: str) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(content)
    assert what in refusal(path)
