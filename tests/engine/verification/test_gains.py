"""Choosing the layers that gain: the search with times that are given, and one that is measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from engine.caches import JsonFiles
from engine.explain.pair import Piece
from engine.verification.gains import MOST_CHOICES, SECONDS, Gains, GainsStore, Look, Seen, Where, find_gains

HERE = Where("cpu", "runtime 1")


def given(float_us: float, saved: Mapping[str, float], conversions_us: float = 0.0) -> Look:
    """Models in which each layer takes 100 us in float and saves what is given in integers."""

    def look(choices: Sequence[frozenset[str]]) -> list[Seen]:
        asked.append(list(choices))
        return [
            Seen(
                chosen,
                float_us,
                float_us - sum(saved[layer] for layer in chosen) + conversions_us,
                tuple(Piece((layer,), 100.0, 100.0 - saved[layer], 0.0, 0.0, True) for layer in sorted(chosen)),
            )
            for chosen in choices
        ]

    asked: list[list[frozenset[str]]] = []
    look.asked = asked  # type: ignore[attr-defined]
    return look


def nobody(chosen: frozenset[str]) -> frozenset[str]:
    return frozenset()


def find(suited: str, saved: Mapping[str, float], *, conversions_us: float = 0.0) -> Gains:
    return find_gains(frozenset(suited), frozenset(saved), given(1000.0, saved, conversions_us), nobody, HERE)


def test_what_takes_longer_in_integers_stays_in_float_and_says_how_long() -> None:
    found = find("ab", {"a": 80.0, "b": -60.0})
    assert found.chosen == ("a",)
    assert found.reasons == {"b": "slower in integers: 160 µs, in float 100 µs"}
    assert (found.float_us, found.treated_us) == (1000.0, 920.0)


def test_a_layer_that_gains_is_chosen_against_what_is_known_of_the_target() -> None:
    found = find("a", {"a": 80.0, "b": 50.0, "c": -200.0})
    assert found.chosen == ("a", "b")


def test_nothing_is_chosen_where_the_whole_is_not_faster() -> None:
    found = find("ab", {"a": 20.0, "b": 20.0}, conversions_us=100.0)
    assert found.chosen == ()
    assert found.treated_us == found.float_us == 1000.0
    assert all("the model takes 1.06 ms, in float 1 ms" in reason for reason in found.reasons.values())
    assert "nothing gains on cpu" in found.words()


def test_what_then_stands_between_float_layers_stays_too() -> None:
    look = given(1000.0, {"a": 80.0, "b": -60.0, "m": 0.0})
    found = find_gains(
        frozenset("abm"),
        frozenset("abm"),
        look,
        lambda chosen: chosen & {"m"} if "b" not in chosen else frozenset(),
        HERE,
    )
    assert found.chosen == ("a",)
    assert "between layers that stay in float" in found.reasons["m"]


def test_the_search_ends_where_times_contradict_each_other() -> None:
    """A busy machine: each look finds another layer slower, and the whole never gets faster."""
    names = "abcdefghijkl"

    def look(choices: Sequence[frozenset[str]]) -> list[Seen]:
        looks.append(choices)
        return [
            Seen(chosen, 1000.0, 900.0 + len(looks), (Piece((min(chosen),), 10.0, 90.0, 0.0, 0.0, True),))
            for chosen in choices
        ]

    looks: list[Sequence[frozenset[str]]] = []
    found = find_gains(frozenset(names), frozenset(names), look, nobody, HERE)
    assert len(looks) == MOST_CHOICES + 1
    assert found.chosen == tuple(names)


def test_no_other_choice_is_tried_when_the_time_is_up_and_the_words_say_so() -> None:
    look, now = given(1000.0, {"a": 80.0, "b": -60.0}), iter([0.0, SECONDS + 1])
    found = find_gains(frozenset("a"), frozenset("ab"), look, nobody, HERE, lambda: next(now))
    asked = look.asked  # type: ignore[attr-defined]
    assert asked == [[frozenset("a"), frozenset("ab")], [frozenset("a")]]  # the last confirms the fastest
    assert found.chosen == ("a",) and found.complete
    now = iter([0.0, SECONDS + 1])
    found = find_gains(frozenset("ab"), frozenset("ab"), look, nobody, HERE, lambda: next(now))
    assert not found.complete and "no other choice of layers was tried" in found.words()


def test_what_does_not_gain_is_not_measured_again() -> None:
    look = given(1000.0, {"a": -60.0})
    assert not find_gains(frozenset("a"), frozenset("a"), look, nobody, HERE).chosen
    assert len(look.asked) == 1  # type: ignore[attr-defined]


def test_what_was_fast_by_chance_is_not_chosen() -> None:
    """The fastest of several looks may be the luckiest one."""
    times = iter([900.0, 1100.0])

    def look(choices: Sequence[frozenset[str]]) -> list[Seen]:
        return [Seen(chosen, 1000.0, next(times), ()) for chosen in choices]

    found = find_gains(frozenset("a"), frozenset("a"), look, nobody, HERE)
    assert found.chosen == () and found.best_us == 1100.0


def test_a_float_model_that_was_disturbed_makes_nothing_gain() -> None:
    """It took 500 us before; in the look that decides, another program held it up."""
    looks = iter([(500.0, 400.0, True), (1300.0, 650.0, False)])

    def look(choices: Sequence[frozenset[str]]) -> list[Seen]:
        before, after, steady = next(looks)
        return [Seen(chosen, before, after, (), steady) for chosen in choices]

    found = find_gains(frozenset("a"), frozenset("a"), look, nobody, HERE)
    assert found.chosen == () and found.float_us == 500.0


def test_what_was_measured_is_kept_by_its_key(tmp_path: Path) -> None:
    found = find("ab", {"a": 80.0, "b": -60.0})
    GainsStore(JsonFiles(tmp_path, 1)).save("model on cpu", found)
    assert GainsStore(JsonFiles(tmp_path, 1)).load("model on cpu") == found
    assert GainsStore(JsonFiles(tmp_path, 1)).load("model on cuda:0") is None
    assert GainsStore(JsonFiles(tmp_path, 2)).load("model on cpu") is None


def test_a_file_that_is_none_of_ours_counts_as_none(tmp_path: Path) -> None:
    files = JsonFiles(tmp_path, 1)
    files.save("key", {"chosen": ["a"]})
    assert GainsStore(files).load("key") is None
    next(tmp_path.glob("*.json")).write_text("{")
    assert GainsStore(files).load("key") is None


def test_what_was_measured_on_a_busy_machine_serves_this_program_only(tmp_path: Path) -> None:
    found = replace(find("a", {"a": 80.0}), steady=False)
    store = GainsStore(JsonFiles(tmp_path, 1))
    store.save("key", found)
    assert store.load("key") == found and "the next command measures again" in found.words()
    assert GainsStore(JsonFiles(tmp_path, 1)).load("key") is None


@pytest.mark.parametrize("saved", [{"a": 0.5}, {"a": -0.5}])
def test_what_cannot_be_told_from_noise_is_no_loss(saved: Mapping[str, float]) -> None:
    """It is nothing to treat a layer for, either: the whole is as fast as before."""
    found = find("a", saved)
    assert found.chosen == () and "slower in integers" not in found.reasons["a"]
