"""Times of a treated model go back to the layers of the file, each once."""

from __future__ import annotations

from dataclasses import replace

from engine.graph.layers import Layer
from engine.profiling.profile import KernelTiming, Latency, LayerTiming, Profile
from gui.timings import by_source

BASE = Layer("", "", "Conv", "", (), (), None, None, 0, 0, 0, 0, 0, None, ())


def profile(layers: tuple[LayerTiming, ...], kernels: tuple[KernelTiming, ...] = ()) -> Profile:
    return Profile("cpu", 1, 1, 10, Latency(1, 1, 1, 1), 1000, 1, 1, 0, 1, 0, False, "data", kernels, layers)


def test_merged_layers_count_for_their_own_id_and_once() -> None:
    measured = (replace(BASE, id="conv", origins=("conv", "bn")), replace(BASE, id="conv_q", origins=("conv",)))
    kernel = KernelTiming("k", "QLinearConv", "CPU", ("conv",), "conv", 80.0, 90.0, 0.8, False)
    timings = (LayerTiming("conv", "timed", 80.0, 5.0, 0.8, None), LayerTiming("conv_q", "timed", 20.0, 0.0, 0.2, None))
    found = by_source(profile(timings, (kernel,)), measured, ["conv", "bn", "gone"])
    assert found["conv"].median_us == 100.0
    assert found["conv"].inserted_us == 5.0
    assert found["conv"].kernels == (kernel,)
    assert (found["bn"].state, found["bn"].lead, found["bn"].median_us) == ("fused_into", "conv", 0.0)
    assert found["gone"].state == "eliminated"
    assert sum(t.median_us for t in found.values()) == 100.0


def test_a_fused_layer_names_the_layer_of_the_file_that_leads() -> None:
    measured = (replace(BASE, id="new", origins=("conv",)), replace(BASE, id="relu", origins=("relu",)))
    timings = (
        LayerTiming("new", "timed", 50.0, 0.0, 1.0, None),
        LayerTiming("relu", "fused_into", 0.0, 0.0, 0.0, "new"),
    )
    found = by_source(profile(timings), measured, ["conv", "relu"])
    assert found["conv"].median_us == 50.0
    assert found["relu"].lead == "conv"
