from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.explain.diff import LayerDelta, ProfileDiff, Threshold, diff, over
from engine.profiling.profile import KernelTiming, Latency, LayerTiming, Profile


def profile(kernels: list[tuple[str | None, float]], layers: list[str] = [], **changes: Any) -> Profile:  # noqa: B006
    """A profile with these kernels (lead and microseconds); ``layers`` lead none."""
    total = sum(us for _, us in kernels)
    spent: dict[str, float] = defaultdict(float)
    for lead, us in kernels:
        if lead is not None:
            spent[lead] += us
    timed = tuple(LayerTiming(name, "timed", us, 0.0, us / total if total else 0.0, None) for name, us in spent.items())
    idle = tuple(LayerTiming(name, "eliminated", 0.0, 0.0, 0.0, None) for name in layers if name not in spent)
    made = Profile(
        device="cpu", threads=2, batch=1, runs=10, latency_ms=Latency(1.0, 2.0, 3.0, 2.0), throughput_per_s=500.0,
        kernel_sum_ms=total / 1000, profiled_ms=2.5, profiler_overhead=0.1, attributed_share=1.0,
        peak_memory_bytes=0, noisy=False, inputs="synthetic",
        kernels=tuple(KernelTiming(f"k{n}", "Conv", "CPU", () if lead is None else (lead,), lead, us, us, 0.0, False)
                      for n, (lead, us) in enumerate(kernels)),
        layers=timed + idle,
    )  # fmt: skip
    return replace(made, **changes)


def row(found: ProfileDiff, layer_id: str) -> LayerDelta:
    (only,) = (layer for layer in found.layers if layer.id == layer_id)
    return only


drawn = st.lists(st.tuples(st.sampled_from(["a", "b", "c", "d", None]), st.floats(0, 1e6)), max_size=8)
came_from = st.dictionaries(
    st.sampled_from(["a", "b", "c", "d"]), st.lists(st.sampled_from(["a", "b", "c", "x"]), max_size=3).map(tuple)
)


@settings(max_examples=100, deadline=None)
@given(one=drawn, other=drawn, origins=came_from)
def test_every_microsecond_of_the_difference_is_in_one_row(one: Any, other: Any, origins: Any) -> None:
    before, after = profile(one), profile(other)
    found = diff(before, after, origins=origins)
    total = sum(layer.delta_us for layer in found.layers) + found.unattributed_delta_us
    assert total == pytest.approx(found.kernel_delta_us, abs=1e-3)
    assert found.kernel_delta_us == pytest.approx(1000 * (after.kernel_sum_ms - before.kernel_sum_ms), abs=1e-3)
    assert len({(layer.id, layer.side) for layer in found.layers}) == len(found.layers)
    assert [abs(layer.delta_us) for layer in found.layers] == sorted(
        (abs(layer.delta_us) for layer in found.layers), reverse=True
    )


def test_layers_that_exist_on_one_side_only() -> None:
    found = diff(profile([("a", 10.0), ("gone", 4.0)]), profile([("a", 7.0), ("new", 5.0)]))
    assert [(layer.id, layer.side, layer.delta_us) for layer in found.layers] == [
        ("new", "after", 5.0), ("gone", "before", -4.0), ("a", "both", -3.0),
    ]  # fmt: skip
    assert row(found, "new").before_us is None and row(found, "gone").after_us is None
    assert (row(found, "gone").before_state, row(found, "gone").after_state) == ("timed", "")


def test_a_layer_that_was_made_from_another_stands_beside_it() -> None:
    before = profile([("conv", 10.0), ("norm", 3.0)])
    after = profile([("conv", 4.0), ("conv/quantize", 2.0)])
    found = diff(before, after, origins={"conv": ("conv", "norm"), "conv/quantize": ("conv",)})
    assert row(found, "conv").after_us == 6.0 and row(found, "conv").delta_us == -4.0
    merged = row(found, "norm")
    assert (merged.side, merged.after_us, merged.after_state, merged.after_lead) == ("both", 0.0, "fused_into", "conv")
    assert len(found.layers) == 2


def test_the_states_and_leads_of_both_sides() -> None:
    before = profile([("conv", 10.0), ("relu", 3.0)])
    inside = LayerTiming("relu", "fused_into", 0.0, 0.0, 0.0, "conv")
    after = profile([("conv", 11.0)])
    found = diff(before, replace(after, layers=(*after.layers, inside)))
    relu = row(found, "relu")
    assert (relu.before_state, relu.after_state, relu.after_lead, relu.delta_us) == ("timed", "fused_into", "conv", -3)


def test_time_without_an_owner_has_a_difference_of_its_own() -> None:
    found = diff(profile([("a", 10.0), (None, 1.0)]), profile([("a", 10.0), (None, 5.0)]))
    assert found.unattributed_delta_us == 4.0 and found.kernel_delta_us == 4.0


def test_only_what_is_over_both_thresholds_is_left() -> None:
    found = diff(
        profile([("small", 1.0), ("large", 1000.0), ("same", 5.0)]),
        profile([("small", 2.0), ("large", 1040.0), ("same", 5.0), ("new", 30.0)]),
    )
    ids = {layer.id for layer in found.layers}
    assert ids == {"small", "large", "same", "new"}
    assert {layer.id for layer in over(found, Threshold())} == {"small", "large", "new"}
    assert {layer.id for layer in over(found, Threshold(us=20))} == {"large", "new"}
    assert {layer.id for layer in over(found, Threshold(fraction=0.05))} == {"small", "new"}
    assert {layer.id for layer in over(found, Threshold(us=20, fraction=0.05))} == {"new"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"device": "openvino:cpu"}, "Different device: cpu before, openvino:cpu after."),
        ({"threads": 4}, "Different threads: 2 before, 4 after."),
        ({"batch": 8}, "Different batch: 1 before, 8 after."),
        ({"inputs": "data"}, "Different inputs: synthetic before, data after."),
        ({"settings": {"level": "all"}}, "Different setting level: basic before, all after."),
        ({"environment": {"onnxruntime": "1.24"}}, "Different onnxruntime: 1.23 before, 1.24 after."),
        ({"model_sha256": "f" * 64}, "Different models: 000000000000 before, ffffffffffff after."),
        ({"noisy": True}, "The profile after was taken on a noisy machine."),
        ({"complete": False, "stopped": "cancelled"}, "The profile after is not complete: cancelled."),
        ({"kernel_clock": "device"}, "Different clock of the kernels: host before, device after."),
    ],
)
def test_unlike_things_are_said_to_be(changes: dict[str, Any], said: str) -> None:
    same = profile(
        [("a", 1.0)], settings={"level": "basic"}, environment={"onnxruntime": "1.23"}, model_sha256="0" * 64
    )
    assert diff(same, same).notes == ()
    assert diff(same, replace(same, **changes)).notes == (said,)


def test_what_an_older_profile_does_not_state_is_no_difference() -> None:
    old = profile([("a", 1.0)])
    assert diff(old, replace(old, settings={"level": "all"}, model_sha256="f" * 64)).notes == ()
