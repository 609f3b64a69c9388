from __future__ import annotations

from pathlib import Path

import pytest

from engine.data.image_folder import by_csv, by_folder, class_folders
from engine.errors import DataError


def touch(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_classes_are_those_of_both_parts(tmp_path: Path) -> None:
    touch(
        tmp_path / "one/cat/1.jpg", tmp_path / "one/dog/1.jpg", tmp_path / "two/dog/2.jpg", tmp_path / "two/ant/2.jpg"
    )
    classes = class_folders((tmp_path / "one", tmp_path / "two"))
    assert classes == ("ant", "cat", "dog")
    found = by_folder(tmp_path / "one", classes)
    assert found.labels is not None and found.labels.tolist() == [1, 2]


def test_folders_named_by_numbers_are_their_own_labels(tmp_path: Path) -> None:
    touch(*(tmp_path / str(name) / "1.png" for name in (2, 10, 7)))
    found = by_folder(tmp_path, class_folders((tmp_path,)))
    assert found.labels is not None
    assert {path.parent.name: int(label) for path, label in zip(found.paths, found.labels, strict=True)} == {
        "2": 2,
        "10": 10,
        "7": 7,
    }


def test_a_table_gives_labels(tmp_path: Path) -> None:
    touch(tmp_path / "b.jpg", tmp_path / "a.jpg")
    (tmp_path / "labels.csv").write_text("file,label\nb.jpg,3\na.jpg,5\n")
    found = by_csv(tmp_path, tmp_path / "labels.csv")
    assert [path.name for path in found.paths] == ["a.jpg", "b.jpg"]
    assert found.labels is not None and found.labels.tolist() == [5, 3]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("file,label\na.jpg,1\nmissing.jpg,2\n", r"labels\.csv, line 3: file 'missing\.jpg' does not exist"),
        ("file,label\na.jpg,cat\n", "line 2: label 'cat' is no class index"),
        ("name,class\na.jpg,1\n", "columns file and label"),
        ("file,label\n", "1 images have no row in labels.csv, the first is a.jpg"),
    ],
)
def test_a_wrong_table_is_named_with_its_line(tmp_path: Path, table: str, words: str) -> None:
    touch(tmp_path / "a.jpg")
    (tmp_path / "labels.csv").write_text(table)
    with pytest.raises(DataError, match=words):
        by_csv(tmp_path, tmp_path / "labels.csv")
