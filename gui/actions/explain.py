"""Why slower: what explains a measurement, and the clicks that would help."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from engine.errors import EngineError
from engine.explain.reason import Reason, Remedy
from gui.action import Action
from gui.actions import file as file_actions
from gui.actions.file import has_model
from gui.actions.view import show
from gui.calls import measuring
from gui.document import Document
from gui.figures import Explained, recipe_of
from gui.language import mark, tr
from gui.remedies import EDITS, RUN_SETTINGS, edited
from gui.workbench import Workbench

if TYPE_CHECKING:
    from engine.explain.explain import Explanation
    from engine.explain.roofline import Ceilings


def unexplained(document: Document) -> list[str]:
    """The measurements with these settings that nothing is said of, each profile once."""
    keys: dict[int, str] = {}
    for key, measurement in document.measurements.items():
        if document.same_machine(key):
            # Where cleaning changed nothing one profile stands under two keys, of which the later is shown.
            keys[id(measurement.profile)] = key
    return [key for key in keys.values() if not document.has_explained(key)]


def explain_all(bench: Workbench, keys: Sequence[str]) -> None:
    """Explain these measurements one after the other."""
    from gui.calls.measuring import Measured

    if not keys:
        return
    document = bench.document
    opened, (key, *others) = document.opened, keys
    measurement = document.measurements.get(key)
    if opened is None or measurement is None or not document.same_machine(key):
        explain_all(bench, others)
        return
    before_key = _before(bench, key)
    before = Measured(recipe_of(before_key), document.measurements[before_key]) if before_key else None
    title = document.title(before_key) if before_key else ""

    def done(found: Explanation) -> None:
        if document.opened is opened:
            document.add_explained(key, Explained(found, title))
            explain_all(bench, others)

    def failed(error: EngineError) -> None:
        if document.opened is opened:
            document.log(tr("The reasons could not be worked out: {error}").format(error=error), "warning")
            document.add_explained(key, Explained(None, missing=str(error)))
            explain_all(bench, others)

    bench.jobs.run(
        tr("Explaining"), measuring.explain, bench.workshop, opened, document.settings, document.data,
        Measured(recipe_of(key), measurement), before, done=done, failed=failed,
    )  # fmt: skip


def _before(bench: Workbench, key: str) -> str:
    """The key of what a measurement is compared with: the cleaned float model for a treated one, else the file."""
    document = bench.document
    candidates = [document.key(document.base_recipe), document.key()]
    if key in candidates:
        candidates = candidates[candidates.index(key) + 1 :]
    found = document.measurements
    mine = found[key].profile
    return next((k for k in candidates if k in found and found[k].profile is not mine), "")


# -- remedies ------------------------------------------------------------------------------------------------------


def apply(bench: Workbench, reason: Reason, remedy: Remedy) -> None:
    """Do what a remedy says: an edit of the recipe, or another way to run the model."""
    document = bench.document
    if document.opened is None:
        return
    if remedy.kind in EDITS:
        if document.viewed is not None:
            document.view(document.viewed[0])  # its other reasons stay at hand
        document.edit(edited(document.recipe, reason, remedy, document.opened), _lower(remedy.label))
        told = tr("{remedy}: done. Undo takes it back. Profile again (F5) to see what it gives.")
    elif remedy.kind == "shape":
        file_actions.change_shapes(bench)
        return
    else:
        kept = bench.settings.value
        runs = {name: value for name, value in remedy.options.items() if name in RUN_SETTINGS}
        own = {name: value for name, value in remedy.options.items() if name not in RUN_SETTINGS}
        device = remedy.device or kept.device
        options = {**kept.options, device: {**kept.options.get(device, {}), **own}} if own else kept.options
        bench.settings.update(device=device, options=options, **runs)
        bench.window.toolbar.show_settings()
        file_actions.rebind(bench)
        told = tr("{remedy}: done. The toolbar and its options show it. Profile again (F5) to see what it gives.")
    document.log(tr("Applied: {remedy} ({reason})").format(remedy=remedy.label, reason=reason.title))
    bench.window.messages.show_text(told.format(remedy=remedy.label))


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


# -- ceilings ------------------------------------------------------------------------------------------------------


def measure_ceilings(bench: Workbench) -> None:
    """Calibrate the device, then tell the roofline of what is viewed."""
    document = bench.document

    def done(found: Ceilings) -> None:
        rates = ", ".join(f"{name} {rate:.0f} GMAC/s" for name, rate in found.gmacs_per_s.items())
        told = tr("Ceilings of {device}: {rates}, memory {rate} GB/s")
        document.log(told.format(device=found.device, rates=rates, rate=f"{found.gbytes_per_s:.1f}"))
        keys = [key for key in document.measurements if document.same_machine(key)]
        explain_all(bench, keys)

    bench.window.messages.hide()
    bench.window.show_panel("roofline")
    bench.jobs.run(
        tr("Measuring the device's ceilings"),
        measuring.measure_ceilings,
        bench.workshop,
        document.settings,
        done=done,
        failed=bench.window.show_error,
    )


def can_explain(bench: Workbench) -> bool:
    return bench.document.viewed is not None and not bench.window.measuring


def explain_viewed(bench: Workbench) -> None:
    viewed = bench.document.viewed
    if viewed is not None:
        bench.window.show_panel("why")
        explain_all(bench, [viewed[0]])


def show_reason_layers(bench: Workbench) -> None:
    """Select all layers that any reason names."""
    explained = bench.document.explained
    if explained is not None and explained.explanation is not None:
        reasons = explained.explanation.reasons
        bench.document.select(dict.fromkeys(layer for reason in reasons for layer in reason.layers))


def has_reasons(bench: Workbench) -> bool:
    explained = bench.document.explained
    return explained is not None and explained.explanation is not None and bool(explained.explanation.reasons)


def connect(window: Any) -> None:  # MainWindow, which imports the panels
    """The panels that explain ask for what they do not do themselves."""
    bench: Workbench = window.bench
    why = window.panels["why"]
    why.apply_wanted.connect(lambda reason, remedy: apply(bench, reason, remedy))
    for panel in ("latency", "runs", "timeline", "why", "memory", "roofline"):
        window.panels[panel].profile_wanted.connect(lambda: window.actions_set.qt["profile"].trigger())
    window.panels["roofline"].ceilings_wanted.connect(lambda: measure_ceilings(bench))


ACTIONS = (
    Action("why_panel", mark("Why slower"), "View", mark("What costs time, what it costs, and the click that would "
           "help"), show("why"), ("Ctrl+8",), enabled_when=has_model),
    Action("memory_panel", mark("Memory"), "View", mark("Activation memory over the execution order"), show("memory"),
           ("Ctrl+9",), enabled_when=has_model),
    Action("roofline_panel", mark("Roofline"), "View", mark("Layers under the ceilings of the device"),
           show("roofline"), ("Ctrl+Shift+0",), enabled_when=has_model),
    Action("explain", mark("Explain again"), "Measure", mark("Work out anew what makes the viewed measurement slow"),
           explain_viewed, enabled_when=can_explain),
    Action("select_reasons", mark("Select what the reasons name"), "Edit", mark("All layers that why slower names for "
           "the viewed measurement"), show_reason_layers, enabled_when=has_reasons),
    Action("ceilings", mark("Measure the device's ceilings"), "Measure", mark("Matrix rate for each precision and "
           "bandwidth, in about 5 seconds; kept for this device"), measure_ceilings,
           enabled_when=lambda b: has_model(b) and not b.window.measuring),
)  # fmt: skip
