"""Where channels go: counts, and the spread over groups."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.errors import UsageError
from engine.graph.layers import index_layers
from engine.graph.shapes import bind
from engine.pruner import Ranking
from engine.pruners import pruners
from engine.pruning.atoms import Role
from engine.pruning.counts import even, globally, multiple_of, nearest
from engine.pruning.cut import cut_model
from engine.pruning.groups import ChannelGroup, Member, find_groups
from engine.pruning.options import StructuralOptions
from engine.pruning.spread import Step, greedy
from engine.pruning.structural import ready
from engine.report import Report
from tests.engine.pruning.scene import FACTS, Rows, context, network


def group(channels: int, width: int = 1, name: str = "g") -> ChannelGroup:
    member = Member("layer", "weight", 0, np.repeat(np.arange(channels), width), "producer")
    roles: dict[str, Role] = {"layer": "producer"}
    return ChannelGroup(name, channels, "channel", ("layer",), roles, None, None, lambda: (member,))


@pytest.mark.parametrize(
    ("channels", "wanted", "multiple", "count"),
    [(96, 86.4, 16, 80), (144, 129.6, 16, 128), (64, 57.6, 16, 64), (64, 8, 16, 16), (24, 12, 16, 16), (10, 7.4, 1, 7)],
)
def test_counts_are_the_nearest_multiple(channels: int, wanted: float, multiple: int, count: int) -> None:
    assert nearest(channels, wanted, multiple) == count


def test_a_channel_of_several_elements_needs_fewer_of_them_for_a_block() -> None:
    facts = replace(FACTS, channel_block=16)
    assert multiple_of(group(8), StructuralOptions(), facts) == 16
    assert multiple_of(group(8, width=4), StructuralOptions(), facts) == 4
    assert multiple_of(group(8, width=64), StructuralOptions(), facts) == 1
    assert multiple_of(group(8), StructuralOptions(multiple="4"), facts) == 4


def test_a_number_of_channels_wins_over_the_ratio() -> None:
    assert even(group(32), StructuralOptions(ratio=0.9, channels=24), 8) == 24


def test_global_takes_the_cheapest_of_all_groups() -> None:
    cheap = Ranking(tuple(range(16)), tuple(0.1 * n for n in range(16)))
    dear = Ranking(tuple(range(16)), tuple(5 + n for n in range(16)))
    ranked = {"cheap": (group(16), cheap, 4), "dear": (group(16), dear, 4)}
    assert globally(ranked, 0.25, {"cheap": 1, "dear": 1}) == {"cheap": 8, "dear": 16}
    assert globally(ranked, 0.5, {"cheap": 1, "dear": 1}) == {"cheap": 4, "dear": 12}


def test_the_step_with_the_least_error_for_its_price_comes_first() -> None:
    steps = [
        Step("a", 8, error=1.0, price=1.0),
        Step("a", 4, error=1.5, price=3.0),
        Step("b", 8, error=0.1, price=1.0),
        Step("b", 4, error=9.0, price=2.0),
    ]
    assert [(move.group, move.count) for move in greedy(steps)] == [("b", 8), ("a", 4), ("b", 4)]


def test_a_measured_spread_reaches_the_share_of_the_work_where_it_does_the_least_harm() -> None:
    model = network()
    whole = index_layers(bind(model, {}, 1, strict=False)).macs
    method = pruners()["reconstruction_channels"]
    options = StructuralOptions(ratio=0.3, spread="measured", heal="no")
    plan = dict.fromkeys(("stem", "inner", "wide"), (method, options))
    found = ready(model, plan, context())
    pruned = found.fully(Report())
    left = index_layers(bind(pruned.model, {}, 1, strict=False)).macs
    assert whole is not None
    assert left is not None
    assert left <= 0.7 * whole
    assert all(cut.after % 8 == 0 for cut in pruned.cuts)
    stayed = {one.group.id for one in found.wanted} - {cut.id for cut in pruned.cuts}
    assert stayed <= set(found.skipped)
    assert not {cut.id for cut in pruned.cuts} & set(found.skipped)
    kept = found.kept(found.chosen())
    for one in kept:
        others = {name: channels for name, channels in kept.items() if name != one}
        without = index_layers(bind(cut_model(model, others, with_weights=False), {}, 1, strict=False)).macs
        assert without is not None
        assert without > 0.7 * whole, f"what is cut of {one} is not needed"


def test_a_count_off_the_targets_kernels_is_said_before_it_is_cut() -> None:
    model, method = network(), pruners()["l1_channels"]
    odd = ready(model, {"wide": (method, StructuralOptions(channels=27, multiple="1"))}, context())
    (warning,) = odd.fully(Report()).warnings
    assert "27 of 32 channels is no multiple of 8" in warning
    even_count = ready(model, {"wide": (method, StructuralOptions(channels=24))}, context())
    assert even_count.fully(Report()).warnings == ()


def test_a_measured_spread_needs_data() -> None:
    model, method = network(), pruners()["l1_channels"]
    with pytest.raises(UsageError, match="there is none"):
        ready(model, {"wide": (method, StructuralOptions(spread="measured"))}, context(Rows(kind="synthetic")))


def test_the_groups_of_the_scene_are_what_the_tests_take_them_for() -> None:
    assert {g.id for g in find_groups(network()).prunable} == {"stem", "inner", "wide", "narrow"}
