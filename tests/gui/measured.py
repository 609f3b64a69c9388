"""A measurement of the small model with a bit of everything: fusion, an inserted kernel, a fallback with its copy, and
a kernel that belongs to no layer.
"""

from __future__ import annotations

from dataclasses import replace

from engine.backend import KernelEvent
from engine.profiling.profile import Histogram, KernelTiming, Latency, LayerTiming, Profile
from engine.profiling.raw import Timeline
from gui.document import Document
from gui.figures import Measurement
from gui.timings import by_source, homes_of

GPU, CPU = "CUDAExecutionProvider", "CPUExecutionProvider"
LATENCY = Latency(
    min=0.9, median=1.0, p90=1.2, mean=1.05, p99=2.5, interval=(0.98, 1.03), sessions=5, this_session_only=False,
    histogram=Histogram((0.9, 1.3, 1.7, 2.1, 2.5), (46, 2, 1, 1)), outliers=(2.5, 1.9), outlier_count=2,
)  # fmt: skip


def kernels() -> tuple[KernelTiming, ...]:
    """700 + 20 + 30 + 150 + 100 = 1000 µs."""
    return (
        KernelTiming(
            "fused", "FusedConv", GPU, ("block0/conv", "block0/relu"), "block0/conv", 700.0, 800.0, 0.7, False,
            precision="float16", implementation="implicit_gemm",
        ),
        KernelTiming("reorder", "Transpose", GPU, ("block1/conv",), "block1/conv", 20.0, 25.0, 0.02, True),
        KernelTiming("to_host", "Memcpy", GPU, ("block1/conv",), "block1/conv", 30.0, 40.0, 0.03, True, copy=True),
        KernelTiming(
            "slow", "Conv", CPU, ("block1/conv",), "block1/conv", 150.0, 160.0, 0.15, False,
            precision="float32", fallback=True,
        ),
        KernelTiming("strange", "Whatever", GPU, (), None, 100.0, 110.0, 0.1, False),
    )  # fmt: skip


def profile(document: Document) -> Profile:
    timed = {
        "block0/conv": LayerTiming("block0/conv", "timed", 700.0, 0.0, 0.7, None, GPU, precision="float16"),
        "block0/relu": LayerTiming("block0/relu", "fused_into", 0.0, 0.0, 0.0, "block0/conv", GPU),
        "block1/conv": LayerTiming("block1/conv", "timed", 200.0, 50.0, 0.2, None, CPU, True, 30.0, "float32"),
    }
    gone = (
        LayerTiming(layer.id, "eliminated", 0.0, 0.0, 0.0, None) for layer in document.layers if layer.id not in timed
    )
    return Profile(
        "cuda:0", 2, 1, 50, LATENCY, 1000.0, kernel_sum_ms=1.0, profiled_ms=1.25, profiler_overhead=0.25,
        attributed_share=0.9, peak_memory_bytes=10_000_000, noisy=False, inputs="synthetic", kernels=kernels(),
        layers=(*timed.values(), *gone), unattributed_us=100.0, unattributed_share=0.1, between_kernels_ms=0.25,
        warmup="Steady after 12 runs.",
    )  # fmt: skip


def timeline() -> Timeline:
    """The kernels one after the other, a tenth of a microsecond apart."""
    events, start = [], 0.0
    for kernel in kernels():
        thread = 7 if kernel.provider == GPU else 1
        events.append(KernelEvent(kernel.name, kernel.op, kernel.provider, start, kernel.median_us, thread))
        start += kernel.median_us + 0.1
    found = kernels()
    return Timeline(
        tuple(events), tuple(k.layers for k in found), tuple(k.lead for k in found), tuple(k.inserted for k in found)
    )


def measurement(document: Document, **changes: object) -> Measurement:
    """Of the file that is open, which must be the small model."""
    found = replace(profile(document), **changes)  # type: ignore[arg-type]
    ids = [layer.id for layer in document.layers]
    return Measurement(
        found,
        by_source(found, document.layers, ids),
        homes=homes_of(found, document.layers, ids),
        timeline=timeline(),
    )


def add(document: Document, **changes: object) -> None:
    """As measured of the cleaned float model."""
    document.add_measurement(document.key(document.recipe), measurement(document, **changes))
