"""Open, save, export, quit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QFileDialog

from engine.backend import RunSettings
from engine.errors import EngineError, UsageError
from engine.recipe import Recipe
from engine.session import SUFFIX
from gui.action import Action
from gui.calls import sessions
from gui.data_choice import DataChoice, DataFound, report_lines
from gui.language import mark, tr
from gui.paths import expanded, is_missing, is_there
from gui.saving import ask_name
from gui.session import data_of
from gui.workbench import Workbench

if TYPE_CHECKING:
    from gui.calls.sessions import Kept
    from gui.opened import NeedsShapes, Opened, Question


def has_model(bench: Workbench) -> bool:
    return bench.document.opened is not None


def is_treated(bench: Workbench) -> bool:
    return bench.document.treated


# -- open ----------------------------------------------------------------------------------------------------------


def ask_for_file(bench: Workbench) -> None:
    from engine.formats import formats

    kinds = [kind for kind in formats().values() if kind.suffixes]
    every = " ".join(f"*{suffix}" for f in kinds for suffix in f.suffixes)
    filters = [
        tr("Models and sessions ({patterns})").format(patterns=f"{every} *{SUFFIX}"),
        *(f"{tr(f.title)} ({' '.join('*' + s for s in f.suffixes)})" for f in kinds),
        tr("All files (*)"),
    ]
    name, _ = QFileDialog.getOpenFileName(
        bench.window, tr("Open a model or a session"), bench.settings.value.folder, ";;".join(filters)
    )
    if name:
        open_path(bench, Path(name))


def settings_for(bench: Workbench, path: Path) -> RunSettings:
    """What the toolbar says, with the shapes that were given for this file."""
    kept = bench.settings.value
    shapes = {name: tuple(shape) for name, shape in kept.shapes.get(str(path), {}).items()}
    inputs = dict(kept.inputs.get(str(path), {}))
    options = kept.options_of(kept.device)
    return RunSettings(kept.device, kept.threads, kept.batch, kept.runs, shapes=shapes, inputs=inputs, options=options)


def open_path(bench: Workbench, path: Path) -> None:
    """Open a file in the background; whatever runs for the one before is stopped."""
    from engine.formats import file_of

    path = expanded(str(path)).absolute()
    if is_missing(file_of(path)):
        bench.window.show_error(
            EngineError(tr("there is no such file"), where=str(path), way_out=tr("It may have been moved or renamed."))
        )
        return
    if path.suffix == ".json":
        load_recipe(bench, path)
        return
    if path.suffix == SUFFIX:
        session_actions().open_session(bench, path)
        return
    session_actions().keep_now(bench)
    bench.jobs.cancel()
    settings = settings_for(bench, path)
    bench.jobs.run(
        tr("Opening {name}").format(name=path.name), sessions.open_kept, bench.workshop, path, settings,
        not settings.shapes, bench.folders.session_of(path), done=lambda found: opened(bench, *found),
    )  # fmt: skip


def open_with(bench: Workbench, path: Path, kept: Kept) -> None:
    """Open the model of a session."""
    settings = settings_for(bench, path)
    bench.jobs.run(tr("Opening {name}").format(name=path.name), bench.workshop.open, path, settings,
                   not settings.shapes, done=lambda found: opened(bench, found, kept))  # fmt: skip


def session_actions() -> Any:  # they open files in turn
    from gui.actions import session

    return session


def opened(bench: Workbench, result: Opened | Question, kept: Kept | None = None) -> None:
    from gui.opened import NeedsInputs, NeedsShapes, NeedsTrust

    if isinstance(result, NeedsShapes):
        ask_for_shapes(bench, result, kept)
        return
    if isinstance(result, (NeedsTrust, NeedsInputs)):
        from gui.actions.program import ask

        ask(bench, result, lambda: open_path(bench, result.path))
        return
    document = bench.document
    bench.settings.add_recent(result.path)
    bench.window.messages.hide()
    document.settings = result.settings
    document.profile_on_data = bench.settings.value.profile_on_data
    own_file = kept is not None and kept.place.parent != bench.folders.session_of(result.path).parent
    if kept is None:
        document.replace(result)
    else:
        document.replace(result, kept.session.variants, kept.figures)
    document.log(tr("Opened {path} ({count} layers)").format(path=result.path, count=len(result.index.layers)))
    for remark in result.source.remarks:
        document.log(remark)
    if result.cannot_run:
        text = tr("No runtime can run this file as it is: {reason}")
        if result.source.program is not None:
            text = tr("{reason}. Only PyTorch's own devices run it, such as torch:cpu.")
        text = text.format(reason=result.cannot_run)
        document.log(text, "warning")
        bench.window.messages.show_text(text, "warning")
    if result.source.conversion is not None:
        from gui.actions.program import told_of

        for line in told_of(result.source.conversion):
            document.log(line)
    if kept is not None:
        if own_file:
            document.saved_to(kept.place)
            bench.settings.add_recent(kept.place)
        elif kept.saved is not None:
            document.saved_to(*kept.saved)
        bench.window.show_title()
        session_actions().restore_view(bench, kept)
        told = session_actions().told(kept)
        document.log(told)
        bench.window.messages.show_text(told, "warning" if kept.other or kept.lost else "info")
        if (data := data_of(kept.session, kept.place)) is not None:
            choose_data(bench, *data)
            return
    data_text = bench.settings.value.data.get(str(result.path)) or data_of_sample(result.path)
    if data_text and is_there(Path(data_text)):
        choose_data(bench, Path(data_text))


def data_of_sample(path: Path) -> str:
    """A sample model brings its data."""
    from resources import samples

    return next((str(sample.data) for sample in samples() if sample.model == path), "")


def ask_for_shapes(bench: Workbench, wanted: NeedsShapes, kept: Kept | None = None) -> None:
    from gui.dialogs.shapes import ShapesDialog

    path = wanted.source.path
    settings = settings_for(bench, path)
    dialog = ShapesDialog(path.name, wanted.inputs, settings, bench.window)

    def answered() -> None:
        shapes, values = dialog.shapes(), dialog.values()
        said = {name: list(shape) for name, shape in shapes.items()}
        old = bench.settings.value
        bench.settings.update(shapes={**old.shapes, str(path): said}, inputs={**old.inputs, str(path): values})
        given = replace(settings, shapes=shapes, inputs=values)
        bench.jobs.run(
            tr("Opening {name}").format(name=path.name),
            bench.workshop.bind,
            wanted.source,
            given,
            False,
            done=lambda r: opened(bench, r, kept),
        )

    dialog.accepted.connect(answered)
    dialog.open()


def change_shapes(bench: Workbench) -> None:
    from gui.opened import NeedsShapes

    current = bench.document.opened
    if current is not None:
        from engine.graph.shapes import inputs

        ask_for_shapes(bench, NeedsShapes(current.source, inputs(current.source.model)))


def rebind(bench: Workbench) -> None:
    """The batch or the device changed: the layers' costs and what they allow may be others now."""
    current = bench.document.opened
    if current is None:
        return
    settings = settings_for(bench, current.path)
    if (settings.batch, settings.device) == (current.settings.batch, current.settings.device):
        bench.document.settings = settings
        bench.document.figures_changed.emit()
        return

    def done(result: Opened) -> None:
        bench.document.settings = result.settings
        bench.document.rebind(result)

    bench.jobs.run(tr("Inferring shapes"), bench.workshop.bind, current.source, settings, False, done=done)


# -- data ----------------------------------------------------------------------------------------------------------


def choose_data(bench: Workbench, path: Path | None, choice: DataChoice | None = None) -> None:
    """Calibrate and score on these samples; None means synthetic inputs. Without a ``choice`` the one of before."""
    current = bench.document.opened
    if current is None:
        return
    model = str(current.path)
    kept = {k: v for k, v in bench.settings.value.data.items() if k != model}
    choices = {k: v for k, v in bench.settings.value.data_choices.items() if k != model}
    if path is None:
        bench.settings.update(data=kept)
        bench.document.set_data(None, None)
        return
    if choice is None:
        before = (
            bench.settings.value.data_choices.get(model) if bench.settings.value.data.get(model) == str(path) else None
        )
        choice = DataChoice.from_json(before)
    taken = choice

    def done(found: DataFound) -> None:
        said = {**choices, model: taken.to_json()} if taken.key else choices
        bench.settings.update(data={**kept, model: str(path)}, data_choices=said)
        count = found.calibration + found.evaluation if found.split else found.evaluation
        bench.document.set_data(path, count, taken)
        lines = report_lines(found)
        for level, text in lines:
            bench.document.log(tr("Data {name}: {text}").format(name=path.name, text=text), level or "info")
        if found.report is not None and (warnings := [text for level, text in lines if level and found.split]):
            told = tr("{warning}. Data > Samples… shows all.").format(warning=warnings[0])
            bench.window.messages.show_text(told, "warning")

    reading = tr("Reading {name}").format(name=path.name)
    bench.jobs.run(reading, bench.workshop.datasets.open, current, path, taken, done=done)


def show_data(bench: Workbench) -> None:
    from gui.dialogs.data import DataDialog

    DataDialog(bench).open()


def ask_for_data(bench: Workbench) -> None:
    name = QFileDialog.getExistingDirectory(bench.window, tr("Choose a folder of samples"), bench.settings.value.folder)
    if name:
        choose_data(bench, Path(name))


def ask_for_data_file(bench: Workbench) -> None:
    name, _ = QFileDialog.getOpenFileName(
        bench.window, tr("Choose a file of samples"), bench.settings.value.folder, tr("Arrays (*.npz)")
    )
    if name:
        choose_data(bench, Path(name))


def use_synthetic(bench: Workbench) -> None:
    choose_data(bench, None)


# -- recipes -------------------------------------------------------------------------------------------------------


def save_recipe(bench: Workbench) -> None:
    current = bench.document.opened
    if current is None:
        return
    start = bench.settings.value.save_folder / f"{current.path.stem}.recipe.json"
    if path := ask_name(bench.window, tr("Save the recipe"), start, tr("Recipes (*.json)"), ".json"):
        save_recipe_to(bench, path)


def save_recipe_to(bench: Workbench, path: Path) -> None:
    from engine.format import files_of
    from engine.targets import check_target

    document = bench.document
    try:
        if document.opened is not None:
            check_target(path, files_of(document.opened.source))
        recipe_to_save(bench).save(path)
    except EngineError as error:
        bench.window.show_error(error)
        return
    document.log(tr("Saved the recipe to {path}").format(path=path))
    told = tr("Recipe saved to {path}. `lathe optimize --recipe` replays it.")
    bench.window.messages.show_text(told.format(path=path))


def recipe_to_save(bench: Workbench) -> Recipe:
    return bench.document.recipe


def ask_for_recipe(bench: Workbench) -> None:
    name, _ = QFileDialog.getOpenFileName(
        bench.window, tr("Load a recipe"), bench.settings.value.folder, tr("Recipes (*.json)")
    )
    if name:
        load_recipe(bench, Path(name))


def load_recipe(bench: Workbench, path: Path) -> None:
    """Apply a saved recipe to the open model and say what matched."""
    from engine.graph.select import select

    document = bench.document
    if document.opened is None:
        bench.window.show_error(
            UsageError(tr("a recipe needs a model"), where=str(path), way_out=tr("Open a model first."))
        )
        return
    try:
        recipe = Recipe.load(path)
    except EngineError as error:
        bench.window.show_error(error)
        return
    named = [r for r in recipe.rules if r.selector is not None]
    missing = [str(r.selector) for r in named if not select(str(r.selector), document.layers)]
    document.edit(recipe, tr("load {name}").format(name=path.name))
    count = len(recipe.rules)
    said = [
        tr("Recipe loaded: {matching} of {count} rules match this model.").format(
            matching=count - len(missing), count=count
        )
    ]
    if missing:
        nothing = tr("Nothing here is named {names} …") if len(missing) > 8 else tr("Nothing here is named {names}.")
        said.append(nothing.format(names=", ".join(missing[:8])))
    text = " ".join(said)
    document.log(text, "warning" if missing else "info")
    bench.window.messages.show_text(text, "warning" if missing else "info")


def ask_for_export(bench: Workbench) -> None:
    from gui.dialogs.export import ExportDialog

    ExportDialog(bench).open()


def close_window(bench: Workbench) -> None:
    bench.window.close()


ACTIONS = (
    Action("open", mark("Open…"), "File", mark("Open a model file"), ask_for_file, ("Ctrl+O",), "open"),
    Action("load_recipe", mark("Load recipe…"), "File", mark("Apply a saved recipe to the open model"), ask_for_recipe,
           ("Ctrl+L",), enabled_when=has_model),
    Action("save_recipe", mark("Save recipe…"), "File", mark("Save the recipe as a file that the command line can "
           "replay"), save_recipe, ("Ctrl+Alt+S",), "recipe", enabled_when=has_model),
    Action("export", mark("Export…"), "File", mark("Write the treated model as an ONNX file, after checking it"),
           ask_for_export, ("Ctrl+E",), "export", enabled_when=has_model),
    Action("shapes", mark("Input shapes and values…"), "File", mark("Sizes of dynamic dimensions, values of small "
           "inputs"), change_shapes, enabled_when=has_model),
    Action("data", mark("Samples…"), "Data", mark("Choose samples, how they are prepared, and see what the model gets"),
           show_data, ("Ctrl+Shift+D",), "data", enabled_when=has_model),
    Action("data_folder", mark("Samples from a folder…"), "Data", mark("Images, dataset.json, calibration.npz and "
           "evaluation.npz, or test_data_set_* folders"), ask_for_data, ("Ctrl+D",), "data", enabled_when=has_model),
    Action("data_file", mark("Samples from a file…"), "Data", mark("One .npz with an array for each input, optionally "
           "labels"), ask_for_data_file, enabled_when=has_model),
    Action("data_synthetic", mark("Synthetic inputs"), "Data", mark("Random inputs: latency only, accuracy stays "
           "unknown"), use_synthetic, enabled_when=has_model),
)  # fmt: skip
LAST = Action("quit", mark("Quit"), "File", mark("Close the window; the recipe is kept"), close_window, ("Ctrl+Q",))
"""Below what the other modules have in the same menu."""
