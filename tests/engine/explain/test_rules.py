"""Each rule on a real model made slow in its way, and on one that is not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from engine.explain.costs import run_us
from engine.explain.explain import reasons
from engine.explain.pair import Piece
from engine.explain.reason import Evidence, Reason, Side
from engine.explain.rules import rules, slower_layers
from engine.graph.layers import ORIGINS, set_origins
from engine.profiling.processor import physical_cores, processor
from engine.profiling.profile import KernelTiming, Latency, Profile
from engine.progress import Progress
from tests.engine.explain.conftest import Measured

pytestmark = pytest.mark.real_models
x86 = pytest.mark.skipif(processor().arm, reason="the kernels of x86 processors")

FIRES = [
    ("unfused_qdq", "detector pairs", "detector"),
    ("unfused_qdq", "detector pairs", "mobilenet uint8"),
    pytest.param("activation_type", "mobilenet int8", "mobilenet uint8", marks=x86),
    ("float16", "mobilenet float16", "mobilenet"),
    pytest.param("inserted", "mobilenet int8", "mobilenet", marks=x86),
    pytest.param("inserted", "fastestdet", "ultraface clean", marks=x86),
    ("small_kernels", "gtcrn", "mobilenet"),
    ("dynamic_shapes", "gtcrn dynamic", "gtcrn"),
    ("input_initializers", "ultraface", "ultraface clean"),
    ("oversubscription", "cifar threads", "cifar"),
    ("optimization_level", "cifar basic", "cifar"),
]
UNCOSTED = ("oversubscription", "optimization_level")


def found(rule: str, now: Side, before: Side | None = None) -> list[Reason]:
    return list(rules()[rule].find(Evidence(now, before)))


def only(rule: str, now: Side, before: Side | None = None) -> Reason:
    (reason,) = found(rule, now, before)
    return reason


@pytest.mark.parametrize(("rule", "slow", "clean"), FIRES)
def test_a_rule_fires_on_its_model_and_not_on_the_clean_one(
    measured: Measured, rule: str, slow: str, clean: str
) -> None:
    side = measured(slow)
    reason = only(rule, side)
    assert found(rule, measured(clean)) == []
    assert reason.rule == rule and reason.title and reason.detail.endswith(".") and reason.advice.endswith(".")
    assert set(reason.layers) <= set(side.index.by_id)
    if rule in UNCOSTED:
        assert reason.cost_us is None
    else:
        assert reason.cost_us is not None and 0 < reason.cost_us <= run_us(side) * 1.001
        assert reason.layers


def test_a_larger_batch_is_advised_only_where_the_model_takes_one(measured: Measured) -> None:
    reason = only("small_kernels", measured("gtcrn"))
    assert "batch" not in reason.advice and [remedy.kind for remedy in reason.remedies] == ["clean"]


def test_every_rule_is_shown_here() -> None:
    shown = {str(getattr(item, "values", item)[0]) for item in FIRES}
    assert shown | {"fallback", "slower_layers", "slower_model", "slow_precision"} == set(rules())


def test_a_float_model_without_faults_has_no_reasons(measured: Measured) -> None:
    assert reasons(Evidence(measured("mobilenet")), Progress()) == ()


def test_reasons_come_by_cost_and_name_the_click(measured: Measured) -> None:
    listed = reasons(Evidence(measured("mobilenet int8")), Progress())
    costs = [reason.cost_us or -1.0 for reason in listed]
    assert costs == sorted(costs, reverse=True) and len(listed) >= 2


@x86
def test_signed_activations_are_told_once_and_the_click_quantizes_as_uint8(measured: Measured) -> None:
    side = measured("mobilenet int8")
    reason = only("activation_type", side)
    assert found("unfused_qdq", side) == []
    assert "int8 activations" in reason.title and "uint8" in reason.advice
    (remedy,) = reason.remedies
    assert (remedy.kind, remedy.scheme, remedy.options) == ("set_option", "int8_static", {"activations": "auto"})
    assert {side.index.by_id[layer].op for layer in reason.layers} >= {"Conv", "Add"}


def test_unfused_pairs_name_the_layers_between_and_why(measured: Measured) -> None:
    side = measured("detector pairs")
    reason = only("unfused_qdq", side)
    assert "Div" in reason.detail and "integer kernel" in reason.detail
    divisions = {layer.id for layer in side.index.layers if layer.op == "Div"}
    assert divisions <= set(reason.layers)
    assert reason.remedies == (), "a file that was quantized elsewhere has no layer of the recipe to keep"


def test_float_layers_between_quantized_ones_offer_to_be_quantized(measured: Measured) -> None:
    side = measured("mobilenet islands")
    reason = only("unfused_qdq", side)
    assert set(reason.layers) == {"conv2", "conv3", "conv6", "conv7", "conv10", "conv11"}
    assert "6 float layers between" in reason.title
    (remedy,) = reason.remedies
    assert (remedy.kind, remedy.scheme) == ("quantize", "int8_static")


def test_pairs_that_a_treatment_placed_in_vain_offer_to_keep_their_layers_in_float(measured: Measured) -> None:
    side = measured("detector pairs")
    for layer, node in zip(side.index.layers, side.index.nodes, strict=True):
        if node.op_type in ("QuantizeLinear", "DequantizeLinear"):
            set_origins(node, [layer.id.split("/")[0]])
    reason = only("unfused_qdq", side)
    assert [remedy.kind for remedy in reason.remedies] == ["keep_float"]
    assert not {side.index.by_id[layer].op for layer in reason.layers} & {"QuantizeLinear", "DequantizeLinear"}
    for node in side.index.nodes:
        node.metadata_props.pop(ORIGINS, None)


def test_float16_counts_the_casts_and_what_they_keep_from_fusing(measured: Measured) -> None:
    side = measured("mobilenet float16")
    reason = only("float16", side)
    assert "4 Casts" in reason.detail and "35 activations" in reason.detail
    assert all(side.index.by_id[layer].dtype == "float16" for layer in reason.layers)


def test_dynamic_shapes_name_the_shape_computing_layers_only(measured: Measured) -> None:
    side = measured("gtcrn dynamic")
    reason = only("dynamic_shapes", side)
    ops = {side.index.by_id[layer].op for layer in reason.layers}
    assert ops <= {"Shape", "Gather", "Mul", "Unsqueeze", "Concat"}
    assert [remedy.kind for remedy in reason.remedies] == ["shape"]


def test_initializers_among_the_inputs_offer_to_clean(measured: Measured) -> None:
    reason = only("input_initializers", measured("ultraface"))
    assert reason.title.startswith("244 initializers") and [r.kind for r in reason.remedies] == ["clean"]


def test_initializers_of_an_old_file_are_constants_all_the_same(measured: Measured) -> None:
    side = measured("mnist")
    assert set(side.model.graph.initializers) & {value.name for value in side.model.graph.inputs}
    assert found("input_initializers", side) == []


def test_threads_are_set_to_the_cores(measured: Measured) -> None:
    side = measured("cifar threads")
    (remedy,) = only("oversubscription", side).remedies
    assert remedy.kind == "runtime" and remedy.options == {"threads": physical_cores()}


def test_against_the_same_model_threads_and_optimization_have_a_cost(measured: Measured) -> None:
    fast = _with_latency(measured("cifar"), 1.0)
    for rule, scene in (("oversubscription", "cifar threads"), ("optimization_level", "cifar basic")):
        assert only(rule, _with_latency(measured(scene), 1.5), fast).cost_us == pytest.approx(500)
        assert only(rule, _with_latency(measured(scene), 1.5), measured("mobilenet")).cost_us is None


def test_fallback_names_provider_ops_and_copies(measured: Measured) -> None:
    side = _on_a_gpu(measured("mobilenet"), fallen=("GlobalAveragePool", "Softmax"))
    reason = only("fallback", side)
    assert "CPUExecutionProvider" in reason.title and "GlobalAveragePool" in reason.detail
    assert "2 copies" in reason.detail and reason.cost_us == pytest.approx(2 * 400 + 2 * 50)
    assert {side.index.by_id[layer].op for layer in reason.layers} == {"GlobalAveragePool", "Softmax"}
    assert reason.remedies == ()
    assert found("fallback", _on_a_gpu(measured("mobilenet"), fallen=())) == []


def test_where_most_falls_back_the_processor_is_offered(measured: Measured) -> None:
    side = _on_a_gpu(measured("mobilenet"), fallen=("Conv",))
    (remedy,) = only("fallback", side).remedies
    assert (remedy.kind, remedy.device) == ("device", "cpu")


def test_layers_without_a_kernel_in_the_wanted_precision(measured: Measured) -> None:
    side = measured("mobilenet")
    assert found("slow_precision", side) == []
    short = _computing(side, lambda kernel: {"precision": "bfloat16"})
    assert found("slow_precision", short) == []
    heaviest = max(side.profile.kernels, key=lambda kernel: kernel.median_us)
    mixed = _computing(short, lambda kernel: {"precision": "float32"} if kernel.name == heaviest.name else {})
    reason = only("slow_precision", mixed)
    assert reason.title.startswith("1 layer ran in float32, most others in bfloat16") and "Conv" in reason.detail
    assert reason.layers == (heaviest.lead,)
    plain = _computing(side, lambda kernel: {"implementation": "ref_any_f32"} if kernel.name == heaviest.name else {})
    assert only("slow_precision", plain).title.startswith("1 layer ran on reference code")


def test_quantized_layers_that_ran_in_float_are_kept_in_float(measured: Measured) -> None:
    side = measured("mobilenet uint8")
    integers = _computing(side, lambda kernel: {"precision": "int8"})
    assert found("slow_precision", integers) == []
    floats = _computing(side, lambda kernel: {"precision": "bfloat16"})
    reason = only("slow_precision", floats)
    assert reason.title.startswith("52 quantized layers ran in bfloat16")
    assert "conv0" not in reason.layers, "it was left in float on purpose"
    assert [remedy.kind for remedy in reason.remedies] == ["keep_float"]


def test_initializers_are_no_matter_to_other_runtimes(measured: Measured) -> None:
    side = _computing(measured("ultraface"), lambda kernel: {"provider": "OpenVINO"})
    assert found("input_initializers", side) == []


@x86
def test_layers_slower_than_in_float_are_found_and_kept(measured: Measured) -> None:
    before, now = measured("fastestdet"), measured("fastestdet all uint8")
    reason = only("slower_layers", now, before)
    assert "AveragePool_229" in reason.layers, reason
    assert "Conv_0" not in reason.layers, "a MaxPool reads it, which is slow behind a float Conv"
    assert [remedy.kind for remedy in reason.remedies] == ["keep_float"]
    assert found("slower_layers", now) == [] and found("slower_layers", before, before) == []


def test_small_losses_are_named_where_the_whole_model_is_slower(
    measured: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise nobody would say why a model of many small layers takes longer."""
    small = Piece(("conv2",), 10.0, 13.0, 0.0, 0.0, True)
    monkeypatch.setattr(slower_layers, "pieces", lambda before, now: (small,))
    before, now = _with_latency(measured("mobilenet"), 1.0), measured("mobilenet uint8")
    reason = only("slower_layers", _with_latency(now, 1.5), before)
    assert reason.layers == ("conv2",) and "conv2 (10 µs before, 13 µs now)" in reason.detail
    assert found("slower_layers", _with_latency(now, 0.9), before) == []


def test_a_slower_model_is_told_where_fresh_sessions_agree(measured: Measured) -> None:
    before, now = _with_latency(measured("mobilenet"), 1.0), _with_latency(measured("mobilenet uint8"), 1.5)
    reason = only("slower_model", now, before)
    assert "conversions included" in reason.detail or "Most was lost" not in reason.detail
    assert reason.cost_us == pytest.approx(500) and reason.title.startswith("1.5 times")
    assert found("slower_model", before, now) == [], "it is faster"
    assert found("slower_model", _with_latency(now, 1.05), before) == [], "it may be noise"
    overlapping = _with_latency(now, 1.5, width=1.0)
    assert found("slower_model", overlapping, before) == []
    one_session = replace(now.profile, latency_ms=replace(now.profile.latency_ms, this_session_only=True))
    assert found("slower_model", replace(now, profile=one_session), before) == []
    assert found("slower_model", replace(now, profile=replace(now.profile, threads=7)), before) == []


def test_a_profile_without_kernels_has_no_reasons(measured: Measured) -> None:
    side = measured("mobilenet int8")
    empty = replace(side, profile=replace(side.profile, kernels=(), kernel_sum_ms=0.0))
    assert reasons(Evidence(empty, side), Progress()) == ()


def _with_latency(side: Side, median_ms: float, width: float = 0.02) -> Side:
    latency = Latency(
        min=median_ms * 0.98,
        median=median_ms,
        p90=median_ms * 1.1,
        mean=median_ms,
        interval=(median_ms - width / 2, median_ms + width / 2),
        sessions=5,
        this_session_only=False,
    )
    return replace(side, profile=replace(side.profile, latency_ms=latency))


def _computing(side: Side, change: Callable[[KernelTiming], Mapping[str, str]]) -> Side:
    kernels = tuple(replace(kernel, **change(kernel)) for kernel in side.profile.kernels)  # type: ignore[arg-type]
    return replace(side, profile=replace(side.profile, kernels=kernels))


def _on_a_gpu(side: Side, fallen: tuple[str, ...]) -> Side:
    """The kernels as CUDA would run them, 100 us each; those of ``fallen`` ops on the processor with a copy each."""
    kernels: list[KernelTiming] = []
    for kernel in side.profile.kernels:
        if kernel.inserted:
            continue
        if kernel.op in fallen:
            on_cpu = replace(kernel, provider="CPUExecutionProvider", fallback=True, median_us=400.0)
            copy = replace(kernel, op="MemcpyToHost", inserted=True, copy=True, median_us=50.0)
            kernels += [replace(copy, provider="CUDAExecutionProvider"), on_cpu]
        else:
            kernels.append(replace(kernel, provider="CUDAExecutionProvider", median_us=100.0))
    total_ms = sum(kernel.median_us for kernel in kernels) / 1000
    profile: Profile = replace(
        side.profile, device="cuda:0", kernels=tuple(kernels), kernel_sum_ms=total_ms, kernel_clock="device"
    )
    return _with_latency(replace(side, profile=profile), total_ms)
