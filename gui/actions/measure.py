"""Profile, compare, verify: what runs in the background and brings figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.errors import EngineError
from engine.recipe import Recipe
from gui import numbers
from gui.action import Action
from gui.actions.explain import explain_all, unexplained
from gui.actions.file import has_model, is_treated
from gui.calls import checking, measuring
from gui.figures import Measurement, Rebuilt
from gui.language import mark, tr
from gui.numbers import db_text
from gui.workbench import Workbench

Then = Callable[[], None]
KEPT = mark("What was measured until then is kept and shown.")


def can_measure(bench: Workbench) -> bool:
    return has_model(bench) and not bench.window.measuring


def can_measure_treated(bench: Workbench) -> bool:
    return can_measure(bench) and is_treated(bench)


def profile(bench: Workbench) -> None:
    """The file as opened and the cleaned float model where they are not known yet, then the treated model."""
    document = bench.document
    opened = document.opened
    assert opened is not None
    wanted: list[tuple[str, Recipe | None]] = []
    again = False
    if complete(document.as_opened) is None:
        wanted.append((tr("the file as opened"), None))
    if complete(document.baseline) is None:
        base = tr("the cleaned float model") if document.recipe.clean else tr("the float model")
        wanted.append((base, document.base_recipe))
    if document.treated:
        wanted.append((tr("the treated model"), document.recipe))
    elif not wanted:
        wanted.append((tr("the float model"), document.base_recipe))
        again = True
    bench.window.messages.hide()
    bench.window.show_panel("latency")
    measure_each(bench, wanted, again)


def complete(measurement: Measurement | None) -> Measurement | None:
    """What was stopped is shown, and measured again with the next profile."""
    return measurement if measurement is not None and measurement.profile.complete else None


def nothing_more() -> None:
    """Where nothing follows."""


def measure_each(
    bench: Workbench, wanted: list[tuple[str, Recipe | None]], again: bool = False, then: Then = nothing_more
) -> None:
    """One after the other, so that each shows as soon as it is there and a cancel stops them all."""
    document = bench.document
    opened = document.opened
    if not wanted:
        explain_all(bench, unexplained(document))
        then()
        return
    assert opened is not None
    (what, recipe), *others = wanted
    key = document.key(recipe)
    data_key = document.data_key(recipe) if recipe is not None else ""

    def done(result: tuple[Measurement, Rebuilt | None]) -> None:
        if document.opened is opened:
            _measured(bench, what, key, data_key, result)
            # Who stopped one does not want to wait for the next.
            measure_each(bench, others if result[0].profile.complete else [], again, then)

    def partial(result: tuple[Measurement, Rebuilt | None]) -> None:
        if document.opened is opened:
            _measured(bench, what, key, data_key, result)

    def failed(error: EngineError) -> None:
        kept = error.partial is not None
        told = str(error)
        bench.window.messages.show_text(
            tr("{error}\n{kept}").format(error=told, kept=tr(KEPT)) if kept else told, "error"
        )
        document.log(str(error), "error")
        # The file as it is may not run where the cleaned one does.
        if document.opened is opened and (recipe is None or kept):
            measure_each(bench, [] if kept else others, again, then)

    bench.jobs.run(
        tr("Profiling {what}").format(what=what), measuring.measure, bench.workshop, opened, recipe, document.settings,
        document.data, document.profile_data, None if again else complete(document.as_opened), done=done,
        failed=failed, partial=partial,
    )  # fmt: skip


def _measured(bench: Workbench, what: str, key: str, data_key: str, result: tuple[Measurement, Rebuilt | None]) -> None:
    document = bench.document
    measurement, rebuilt = result
    found = measurement.profile
    if rebuilt is not None and measurement is document.as_opened:
        document.log(tr("Clean: the file was clean already, so its measurement is the baseline"))
        document.add_rebuilt(data_key, rebuilt)
        document.add_measurement(key, measurement)
        return
    told = tr(
        "Profiled {what}: {time} median of {runs} runs, {share} % of kernel time attributed, inputs {inputs}"
    ).format(
        what=what,
        time=numbers.time_ms(found.latency_ms.median),
        runs=found.runs,
        share=f"{found.attributed_share * 100:.1f}",
        inputs=found.inputs,
    )
    document.log(told)
    for note in found.notes:
        document.log(note, "warning" if found.noisy else "info")
    if rebuilt is not None:
        _log_rebuilt(bench, rebuilt, data_key)
        document.add_rebuilt(data_key, rebuilt)
    document.add_measurement(key, measurement)


def _log_rebuilt(bench: Workbench, rebuilt: Rebuilt, data_key: str) -> None:
    document = bench.document
    if document.has_rebuilt(data_key):
        return
    for change in rebuilt.changes:
        document.log(tr("Clean: {change}").format(change=change))
    for note in rebuilt.notes:
        document.log(note)
    for layer_id, reason in rebuilt.skipped.items():
        document.log(tr("{layer} was left as it is: {reason}").format(layer=layer_id, reason=reason), "warning")
    for selector in rebuilt.unmatched:
        told = tr("The recipe names {selector}, which this model does not have")
        document.log(told.format(selector=selector), "warning")


def verify(bench: Workbench) -> None:
    bench.window.messages.hide()
    bench.window.show_panel("compare")
    verify_recipe(bench, bench.document.recipe)


def verify_recipe(bench: Workbench, recipe: Recipe, then: Then = nothing_more) -> None:
    """Error and accuracy of the treated model against the file as opened."""
    document = bench.document
    opened = document.opened
    assert opened is not None
    key = document.data_key(recipe)

    def done(result: Any) -> None:
        if document.opened is not opened:
            return
        comparison, rebuilt = result
        _log_rebuilt(bench, rebuilt, key)
        document.add_rebuilt(key, rebuilt)
        document.add_comparison(key, comparison)
        told = tr("Verified on {count} samples") if comparison.samples > 1 else tr("Verified on {count} sample")
        document.log(told.format(count=comparison.samples))
        then()

    bench.jobs.run(tr("Verifying"), checking.verify, bench.workshop, opened, recipe, document.settings, document.data,
                   document.metric, done=done, failed=bench.window.show_error)  # fmt: skip


def measure_errors(bench: Workbench) -> None:
    """How far the treated model is from the float one behind each layer."""
    document = bench.document
    opened, recipe = document.opened, document.recipe
    assert opened is not None
    key = document.data_key(recipe)

    def done(result: Any) -> None:
        if document.opened is not opened:
            return
        errors, rebuilt = result
        _log_rebuilt(bench, rebuilt, key)
        document.add_rebuilt(key, rebuilt)
        document.add_layer_errors(key, errors)
        worst = min(errors.values(), key=lambda error: error.sqnr_db, default=None)
        if worst is None:
            document.log(tr("Measured the error behind {count} layers").format(count=len(errors)))
            return
        told = tr("Measured the error behind {count} layers, the largest behind {layer}: {sqnr}")
        document.log(told.format(count=len(errors), layer=worst.id, sqnr=db_text(worst.sqnr_db)))

    bench.window.messages.hide()
    bench.jobs.run(
        tr("Measuring errors by layer"),
        checking.layer_errors,
        bench.workshop,
        opened,
        recipe,
        document.settings,
        document.data,
        done=done,
        failed=bench.window.show_error,
    )


def compare(bench: Workbench) -> None:
    bench.window.messages.hide()
    bench.window.show_panel("compare")
    compare_recipe(bench, bench.document.recipe)


def compare_recipe(bench: Workbench, recipe: Recipe, then: Then = nothing_more) -> None:
    """The fair comparison: both models in alternating blocks of one session after the other."""
    document = bench.document
    opened = document.opened
    assert opened is not None
    key = document.data_key(recipe)

    def done(found: Any) -> None:
        if document.opened is not opened:
            return
        document.add_latency(key, found)
        told = tr("Compared: {first} against {second}, ratio {ratio}")
        first, second = numbers.time_ms(found.a_ms), numbers.time_ms(found.b_ms)
        document.log(told.format(first=first, second=second, ratio=f"{found.ratio:.3f}"))
        then()

    bench.jobs.run(tr("Comparing latency"), checking.compare_latency, bench.workshop, opened, recipe,
                   document.settings, document.data, done=done, failed=bench.window.show_error)  # fmt: skip


def finish(bench: Workbench) -> None:
    bench.jobs.finish()


def can_finish(bench: Workbench) -> bool:
    job = bench.jobs.current
    return job is not None and job.partial is not None


def cancel(bench: Workbench) -> None:
    if (job := bench.jobs.current) is not None:
        bench.document.log(tr("Cancelled: {job}").format(job=job.label))
    bench.jobs.cancel()


ACTIONS = (
    Action("profile", mark("Profile"), "Measure", mark("Measure the latency of every layer on the chosen device"),
           profile, ("F5",), "play", can_measure),
    Action("verify", mark("Verify"), "Measure", mark("Compare the treated model's outputs and accuracy with the "
           "original's"), verify, ("F6",), "verify", can_measure_treated),
    Action("compare", mark("Compare latency"), "Measure", mark("Run float and treated model in alternating blocks: a "
           "fair ratio with its interval"), compare, ("F7",), "compare", can_measure_treated),
    Action("errors", mark("Measure errors by layer"), "Measure", mark("How far the treated model is from the float one "
           "behind each layer, on calibration data"), measure_errors, ("Shift+F6",), enabled_when=can_measure_treated),
    Action("finish", mark("Stop and keep"), "Measure", mark("End the measurement early with what there is"), finish,
           ("Ctrl+Shift+.",), "stop", can_finish),
    Action("cancel", mark("Cancel"), "Measure", mark("Stop what runs in the background and discard it"), cancel,
           ("Ctrl+.",), "clear", lambda b: b.jobs.busy),
)  # fmt: skip
