"""A measurement of the small model with everything that is explained of it, made up."""

from __future__ import annotations

from dataclasses import replace

from engine.explain.explain import Explanation
from engine.explain.memory import ActivationMemory, MemoryStep
from engine.explain.reason import Reason, Remedy
from engine.explain.roofline import Ceilings, LayerRoof, Roofline
from gui.document import Document
from gui.figures import Explained
from tests.gui.test_document import measurement

CEILINGS = Ceilings("cpu", 2, {"float32": 100.0, "int8": 300.0}, 10.0, "2026-01-01T00:00:00+00:00")


def roof(layer: str, intensity: float, rate: float, precision: str = "float32") -> LayerRoof:
    return LayerRoof(layer, 1000, 100, precision, rate, rate / intensity, intensity, "memory", 0.4)


EXPLANATION = Explanation(
    ActivationMemory(
        600, 12_000, ("block1/conv", "block0/conv"),
        (MemoryStep("block0/conv", 8000, 4000), MemoryStep("block1/conv", 12_000, 4000),
         MemoryStep("block2/conv", 8000, 4000)),
    ),
    Roofline(CEILINGS, (roof("block0/conv", 1.0, 8.0), roof("block1/conv", 30.0, 90.0, "int8"))),
    (
        Reason("pairs", "3 pairs did not fuse", ("block1/conv", "block2/conv"), 500.0, "They stay.", "Keep float.",
               (Remedy("keep_float", "Keep 2 layers in float"),)),
        Reason("threads", "8 threads on 2 cores", (), None, "They wait for each other.", "Use fewer.",
               (Remedy("runtime", "Use 2 threads", options={"threads": 2, "spinning": False}),)),
    ),
)  # fmt: skip


def show_explained(document: Document, explanation: Explanation | None = EXPLANATION, missing: str = "") -> None:
    key = document.key(document.base_recipe)
    found = measurement(2.0)
    document.add_measurement(key, replace(found, profile=replace(found.profile, peak_memory_bytes=30_000_000)))
    document.add_explained(key, Explained(explanation, "file as opened", missing))
