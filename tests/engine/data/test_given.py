from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.data.given import given_inputs
from engine.errors import DataError, EngineError, UsageError
from engine.graph.values import ValueInfo

INPUTS = [
    ValueInfo("sr", "int64", ()),
    ValueInfo("state", "float32", (2, None, 4)),
    ValueInfo("on", "bool", (1,)),
    ValueInfo("text", "str", (None,)),
    ValueInfo("ids", "int32", ("n",)),
]


def test_values_are_read_as_the_input_takes_them(tmp_path: Path) -> None:
    np.save(tmp_path / "s.npy", np.ones((2, 3, 4)))
    found = given_inputs(
        INPUTS, {"sr": "16000", "state": str(tmp_path / "s.npy"), "on": "true", "text": "a, b", "ids": "1,2,3"}
    )
    assert found["sr"].shape == () and found["sr"] == 16000 and found["sr"].dtype == np.int64
    assert found["state"].dtype == np.float32 and found["state"].shape == (2, 3, 4)
    assert found["on"].tolist() == [True] and found["text"].tolist() == ["a, b"]
    assert found["ids"].tolist() == [1, 2, 3]


def test_one_value_fills_the_input() -> None:
    assert given_inputs(INPUTS, {"state": "0.5"})["state"].shape == (2, 1, 4)


def test_a_missing_file_is_said_in_words() -> None:
    with pytest.raises(DataError) as caught:
        given_inputs(INPUTS, {"state": "missing.npy"})
    assert "missing.npy: cannot be read: No such file" in str(caught.value)
    assert "Errno" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("rate", "1", UsageError),
        ("sr", "fast", UsageError),
        ("sr", "1,2", UsageError),
        ("ids", "99999999999", DataError),
        ("state", "missing.npy", DataError),
    ],
)
def test_what_does_not_fit_is_refused(name: str, text: str, kind: type[EngineError]) -> None:
    with pytest.raises(kind, match=name if kind is UsageError else None):
        given_inputs(INPUTS, {name: text})
