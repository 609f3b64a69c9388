from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass
from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import DataError
from engine.profiling.profile import Profile, Transfers, profile_from_json
from engine.profiling.stored import read_as

finite = st.floats(allow_nan=False, allow_infinity=False)


def drawn(kind: Any) -> st.SearchStrategy[Any]:
    """Anything of an annotation, every field of a dataclass included, also those that have a default."""
    origin, inner = get_origin(kind), get_args(kind)
    if is_dataclass(kind):
        return st.builds(kind, **{name: drawn(hint) for name, hint in get_type_hints(kind).items()})
    if origin is tuple:
        return st.lists(drawn(inner[0]), max_size=3).map(tuple) if ... in inner else st.tuples(*map(drawn, inner))
    if origin is Mapping:
        return st.dictionaries(st.text(max_size=5), drawn(inner[1]), max_size=3)
    if origin is UnionType:
        return st.one_of(*map(drawn, inner))
    simple = {float: finite, int: st.integers(), str: st.text(max_size=5), bool: st.booleans(), NoneType: st.none()}
    return st.sampled_from(inner) if origin is Literal else simple[kind]


@settings(max_examples=40, deadline=None)
@given(profile=drawn(Profile))
def test_a_profile_comes_back_from_its_json(profile: Profile) -> None:
    assert profile_from_json(json.loads(json.dumps(profile.to_json()))) == profile
    assert profile_from_json(profile.to_json()) == profile, "also without a file in between"


FIRST = {
    "device": "cpu",
    "threads": 2,
    "batch": 1,
    "runs": 100,
    "latency_ms": {"min": 1.0, "median": 2, "p90": 3.0, "mean": 2.1},
    "throughput_per_s": 500.0,
    "kernel_sum_ms": 1.5,
    "profiled_ms": 2.2,
    "profiler_overhead": 0.1,
    "attributed_share": 1.0,
    "peak_memory_bytes": 1024,
    "noisy": False,
    "inputs": "synthetic",
    "kernels": [
        {"name": "k", "op": "Conv", "provider": "CPU", "layers": ["a", "b"], "lead": "a", "median_us": 1.5,
         "p90_us": 2.0, "share": 1.0, "inserted": False}
    ],
    "layers": [{"id": "a", "state": "timed", "median_us": 1.5, "inserted_us": 0.0, "share": 1.0, "lead": None}],
}  # fmt: skip
"""As Lathe 0.1.0 wrote it."""


def changed(path: str, value: object) -> dict[str, Any]:
    stored: Any = json.loads(json.dumps(FIRST))
    *inner, last = (int(part) if part.isdigit() else part for part in path.split("."))
    place = stored
    for part in inner:
        place = place[part]
    place[last] = value
    return dict(stored)


def test_an_older_file_takes_the_defaults_and_a_newer_one_loses_what_is_unknown() -> None:
    old = profile_from_json(FIRST)
    assert old.latency_ms.median == 2.0 and old.latency_ms.this_session_only and old.latency_ms.sessions == 1
    assert old.kernels[0].layers == ("a", "b") and not old.kernels[0].fallback and old.transfers is None
    assert profile_from_json({**FIRST, "of_tomorrow": {"deep": [1]}}) == old
    moved = profile_from_json({**FIRST, "transfers": {"copy_in_us": 1, "compute_us": 2, "copy_out_us": 3}})
    assert moved.transfers == Transfers(1.0, 2.0, 3.0)


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        ([], "is a list, not an object"),
        ("text", "is 'text', not an object"),
        (None, "is null, not an object"),
        ({}, "device is missing"),
        ({key: value for key, value in FIRST.items() if key != "layers"}, "layers is missing"),
        (changed("latency_ms", 3), "latency_ms is 3, not an object"),
        (changed("latency_ms.median", "fast"), "latency_ms.median is 'fast', not a number"),
        (changed("latency_ms.median", float("nan")), "latency_ms.median is nan, not a number"),
        (changed("latency_ms.interval", [1.0]), "latency_ms.interval has 1 entries, not 2"),
        (changed("threads", 1.5), "threads is 1.5, not a whole number"),
        (changed("threads", True), "threads is true, not a whole number"),
        (changed("noisy", 0), "noisy is 0, not true or false"),
        (changed("inputs", "dreamt"), "inputs is 'dreamt', not one of synthetic, data"),
        (changed("kernels.0.layers", "ab"), "kernels[0].layers is 'ab', not a list"),
        (changed("kernels.0.lead", 7), "kernels[0].lead is 7, not"),
        (changed("layers.0.state", "gone"), "layers[0].state is 'gone', not one of timed"),
        (changed("transfers", {"copy_in_us": 1}), "transfers.compute_us is missing"),
        (changed("settings", {"threads": []}), "settings[threads] is a list, not"),
        (changed("environment", [1]), "environment is a list, not an object"),
    ],
)
def test_what_is_no_profile_says_what_and_where(stored: object, said: str) -> None:
    with pytest.raises(DataError) as caught:
        profile_from_json(stored, where="p.json")
    assert caught.value.where == "p.json"
    assert said in caught.value.what
    assert "lathe profile" in caught.value.way_out


def test_a_whole_number_stays_one_where_both_may_stand() -> None:
    @dataclass(frozen=True)
    class Either:
        value: int | float

    for stored in (1, 1.0, 1.5):
        read = read_as(Either, {"value": stored}, where="", what="it", way_out="")
        assert type(read.value) is type(stored)
