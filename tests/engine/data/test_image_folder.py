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


def test_a_table_may_name_the_classes_that_are_listed(tmp_path: Path) -> None:
    touch(tmp_path / "a.jpg", tmp_path / "b.jpg")
    (tmp_path / "labels.csv").write_text("file,label\na.jpg,dog\nb.jpg,cat\n")
    found = by_csv(tmp_path, tmp_path / "labels.csv", ["cat", "dog"])
    assert found.labels is not None and found.labels.tolist() == [1, 0] and not found.faults


def test_a_table_without_its_columns_is_refused(tmp_path: Path) -> None:
    touch(tmp_path / "a.jpg")
    (tmp_path / "labels.csv").write_text("name,class\na.jpg,1\n")
    with pytest.raises(DataError, match="columns file and label"):
        by_csv(tmp_path, tmp_path / "labels.csv")


def test_rows_that_say_nothing_of_use_are_faults_of_their_samples(tmp_path: Path) -> None:
    touch(*(tmp_path / f"{name}.jpg" for name in "abcde"))
    rows = ["a.jpg,1", "b.jpg,", "c.jpg,cat", "e.jpg,3", "e.jpg,4", "f.jpg,2"]
    (tmp_path / "labels.csv").write_text("\n".join(["file,label", *rows]))
    found = by_csv(tmp_path, tmp_path / "labels.csv")
    assert found.labels is not None and found.labels.tolist() == [1, -1, -1, -1, -1, -1]
    said = {found.paths[index].stem: (fault.reason, fault.detail) for index, fault in found.faults.items()}
    assert said == {
        "b": ("no label", "labels.csv, line 3"),
        "c": (
            "no label",
            "labels.csv, line 4: 'cat' is no class index (0, 1, ...), and dataset.json lists no \"classes\"",
        ),
        "d": ("no label", "no row in labels.csv"),
        "e": ("no label", "labels.csv, line 6: a second label, 4, after 3"),
        "f": ("missing file", "labels.csv, line 7"),
    }
