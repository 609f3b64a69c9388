from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.errors import UsageError
from engine.verification.metric_function import Kept, Metric, MetricError, load, metric_of


def metric(path: Path, body: str) -> Metric:
    (path / "m.py").write_text(body)
    return Metric(path / "m.py", "score")


def kept(*batches: list[list[float]]) -> Kept:
    found = Kept()
    for batch in batches:
        found.add({"y": np.array(batch), "count": np.array(7)}, len(batch))
    return found


def test_outputs_are_joined_over_the_samples(tmp_path: Path) -> None:
    function = load(
        metric(
            tmp_path,
            "def score(outputs, labels):\n"
            "    assert outputs['count'][1] == 7 and len(outputs['count']) == 2\n"
            "    return (outputs['y'].argmax(1) == labels).mean()\n",
        )
    )
    assert function(kept([[1, 0], [0, 1]], [[1, 0]]), np.array([0, 1, 1])) == pytest.approx(2 / 3)


def test_a_runtime_may_use_the_memory_of_an_output_again() -> None:
    found, array = Kept(), np.ones((1, 2))
    found.add({"y": array}, 1)
    array[:] = 0
    (joined,) = found.arrays().values()
    assert isinstance(joined, np.ndarray) and (joined == 1).all()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("def score(outputs, labels):\n    return 1 / 0\n", r"m\.py, line 2: ZeroDivisionError"),
        ("def score(outputs, labels):\n    return 'good'\n", "returned 'good', which is no finite number"),
        ("def score(outputs, labels):\n    return float('nan')\n", "no finite number"),
        ("def other():\n    pass\n", "has no function 'score'"),
        ("def score(:\n", r"m\.py, line 1: SyntaxError"),
        ("import not_there\n", r"m\.py, line 1: ModuleNotFoundError"),
        ("raise SystemExit(3)\n", "SystemExit"),
    ],
)
def test_what_is_wrong_with_the_users_code_is_told_with_its_line(tmp_path: Path, body: str, words: str) -> None:
    with pytest.raises(MetricError, match=words):
        load(metric(tmp_path, body))(kept([[1, 0]]), None)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MetricError, match=r"none\.py: does not exist"):
        load(Metric(tmp_path / "none.py", "score"))


def test_the_flag_names_a_file_and_a_function() -> None:
    assert metric_of("a/b.py:top3") == Metric(Path("a/b.py").absolute(), "top3")
    assert metric_of("C:/x.py:top3").name == "top3"
    for text in ("b.py", "b.py:", ":top3", "b.txt:top3", "b.py:top 3"):
        with pytest.raises(UsageError):
            metric_of(text)
