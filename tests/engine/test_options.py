from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import UsageError
from engine.options import OptionValue, changed_values, option, specs, with_values


@dataclass(frozen=True)
class Example:
    ratio: float = option(0.5, label="Ratio", help="How much", minimum=0, maximum=1)
    limit: float | None = option(None, label="Limit", help="A limit")
    count: int = option(3, label="Count", help="How many", minimum=1)
    heal: bool = option(True, label="Heal", help="Whether to heal")
    mode: Literal["fast", "exact"] = option("fast", label="Mode", help="How")


def test_specs_follow_the_fields() -> None:
    ratio, limit, count, heal, mode = specs(Example)
    assert (ratio.name, ratio.type, ratio.optional, ratio.minimum, ratio.maximum) == ("ratio", float, False, 0, 1)
    assert (limit.type, limit.optional, limit.default) == (float, True, None)
    assert (count.type, heal.type) == (int, bool)
    assert mode.choices == ("fast", "exact")


def test_values_come_from_text_and_json() -> None:
    values: dict[str, OptionValue] = {"ratio": "0.25", "limit": 2, "count": "7", "heal": "no", "mode": "exact"}
    assert with_values(Example(), values, "x") == Example(0.25, 2.0, 7, False, "exact")
    assert with_values(Example(limit=1.0), {"limit": "none"}, "x").limit is None


@pytest.mark.parametrize(
    "values",
    [
        {"ratio": 1.5},
        {"ratio": "nan"},
        {"ratio": "much"},
        {"count": 0},
        {"count": "1.5"},
        {"heal": "maybe"},
        {"mode": "slow"},
    ],
)
def test_impossible_values_are_refused(values: dict[str, OptionValue]) -> None:
    with pytest.raises(UsageError) as refusal:
        with_values(Example(), values, "scheme")
    assert f"scheme.{next(iter(values))}" in str(refusal.value)


def test_an_unknown_option_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match="ratio, limit, count, heal, mode"):
        with_values(Example(), {"ration": 1}, "scheme")


@given(st.floats(0, 1), st.integers(1, 100), st.booleans(), st.sampled_from(["fast", "exact"]))
def test_what_changed_replays(ratio: float, count: int, heal: bool, mode: Literal["fast", "exact"]) -> None:
    wanted = Example(ratio=ratio, count=count, heal=heal, mode=mode)
    assert with_values(Example(), changed_values(wanted, Example()), "x") == wanted
