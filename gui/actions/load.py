"""Load: the sweep over batch, threads and streams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gui import numbers
from gui.action import Action
from gui.actions.file import has_model
from gui.actions.view import show
from gui.calls import measuring
from gui.language import mark, tr
from gui.panels.scenarios import TITLES, result_text
from gui.workbench import Workbench

if TYPE_CHECKING:
    from engine.profiling.scenarios import Scenario, ScenarioResult
    from engine.profiling.sweep import Sweep, SweepGrid


def start(bench: Workbench, grid: SweepGrid) -> None:
    """Sweep the model that the recipe gives; each point shows as it comes, and stopping keeps those that are there."""
    document = bench.document
    opened, key = document.opened, document.sweep_key()
    if opened is None or bench.jobs.busy:
        return

    def done(sweep: Sweep) -> None:
        if document.opened is not opened:
            return
        document.add_sweep(key, sweep)
        if sweep.best is None:
            document.log(tr("Swept {count} points").format(count=len(sweep.points)))
            return
        best = sweep.points[sweep.best]
        told = tr(
            "Swept {count} points, best: batch {batch}, {threads} threads, {streams} streams, {rate} a second"
        ).format(
            count=len(sweep.points),
            batch=best.batch,
            threads=best.threads or "auto",
            streams=best.streams,
            rate=numbers.three(best.throughput_per_s),
        )
        document.log(told)

    bench.window.messages.hide()
    bench.window.show_panel("load")
    bench.jobs.run(
        tr("Sweeping"), measuring.sweep, bench.workshop, opened, document.recipe, document.settings, document.data,
        document.profile_data, grid, done=done, partial=done, failed=bench.window.show_error,
    )  # fmt: skip


def start_scenario(bench: Workbench, asked: Scenario) -> None:
    """Measure one serving scenario on the model that the recipe gives."""
    document = bench.document
    opened, key = document.opened, document.sweep_key()
    if opened is None or bench.jobs.busy:
        return

    def done(found: ScenarioResult) -> None:
        if document.opened is opened:
            document.add_scenario(key, found)
            told = tr("{scenario}: {result}")
            document.log(told.format(scenario=tr(TITLES[found.name]), result=result_text(found)))

    bench.window.messages.hide()
    bench.window.show_panel("load")
    bench.jobs.run(
        tr(TITLES[asked.name]),
        measuring.scenario,
        bench.workshop,
        opened,
        document.recipe,
        document.settings,
        document.data,
        document.profile_data,
        asked,
        done=done,
        partial=done,
        failed=bench.window.show_error,
    )


def start_from_form(bench: Workbench) -> None:
    bench.window.show_panel("load")
    panel: Any = bench.window.panels["load"]
    panel.form.start()


def connect(window: Any) -> None:  # MainWindow, which imports the panels
    window.panels["load"].form.start_wanted.connect(lambda grid: start(window.bench, grid))
    window.panels["load"].form.scenario_wanted.connect(lambda asked: start_scenario(window.bench, asked))


ACTIONS = (
    Action("load_panel", mark("Load"), "View", mark("Throughput against latency over batch, threads and streams"),
           show("load"), ("Ctrl+Shift+L",), enabled_when=has_model),
    Action("sweep", mark("Sweep batch, threads and streams"), "Measure", mark("Throughput against latency, with the "
           "settings of the Load panel"), start_from_form, ("F8",),
           enabled_when=lambda b: has_model(b) and not b.window.measuring),
)  # fmt: skip
