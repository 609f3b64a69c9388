"""Variants: duplicate, rename, delete, use, compare, measure, and the table as CSV."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.errors import EngineError
from engine.recipe import Recipe
from gui.action import Action
from gui.actions.file import has_model
from gui.actions.measure import can_measure, compare_recipe, complete, measure_each, verify_recipe
from gui.actions.profiles import kept_files
from gui.actions.view import show
from gui.language import mark, tr
from gui.saving import ask_name
from gui.scores import scores
from gui.workbench import Workbench


def panel_of(bench: Workbench) -> Any:  # VariantsPanel, which imports much
    return bench.window.panels["variants"]


def chosen(bench: Workbench) -> tuple[int, ...]:
    places: tuple[int, ...] = panel_of(bench).chosen_variants
    return tuple(place for place in places if place < len(bench.document.variants.items))


def named(bench: Workbench, place: int) -> str:
    return bench.document.variants.items[place].name


def has_two(bench: Workbench) -> bool:
    return has_model(bench) and len(panel_of(bench).chosen) == 2


def duplicate(bench: Workbench) -> None:
    """The copy becomes the current variant, so that the next edit changes it and not the original."""
    document = bench.document
    place = (chosen(bench) or (document.variants.current,))[0]
    document.change(document.variants.duplicate(place), tr("duplicate {variant}").format(variant=named(bench, place)))
    bench.window.show_panel("variants")
    panel_of(bench).choose((document.variants.current,))


def new(bench: Workbench) -> None:
    """An empty recipe beside the others."""
    document = bench.document
    empty = replace(document.recipe, rules=())
    document.change(document.variants.add(empty), tr("new variant"))
    bench.window.show_panel("variants")
    panel_of(bench).choose((document.variants.current,))


def rename(bench: Workbench) -> None:
    bench.window.show_panel("variants")
    panel_of(bench).edit_name((chosen(bench) or (bench.document.variants.current,))[0])


def rename_to(bench: Workbench, place: int, name: str) -> None:
    variants = bench.document.variants
    label = tr("rename {variant}").format(variant=variants.items[place].name)
    bench.document.change(variants.rename(place, name), label)


def delete(bench: Workbench) -> None:
    """Undo brings them back, with their figures."""
    document = bench.document
    places, variants = chosen(bench), document.variants
    what = named(bench, places[0]) if len(places) == 1 else tr("{count} variants").format(count=len(places))
    for place in sorted(places, reverse=True):
        variants = variants.remove(place)
    document.change(variants, tr("delete {variants}").format(variants=what))


def can_delete(bench: Workbench) -> bool:
    return has_model(bench) and len(bench.document.variants.items) > 1 and bool(chosen(bench))


def use(bench: Workbench, place: int) -> None:
    document = bench.document
    document.change(document.variants.choose(place), tr("use {variant}").format(variant=named(bench, place)))


def use_chosen(bench: Workbench) -> None:
    use(bench, chosen(bench)[0])


def can_use(bench: Workbench) -> bool:
    places = chosen(bench)
    return has_model(bench) and len(places) == 1 and places[0] != bench.document.variants.current


def step(by: int) -> Callable[[Workbench], None]:
    def run(bench: Workbench) -> None:
        variants = bench.document.variants
        use(bench, (variants.current + by) % len(variants.items))

    return run


def has_others(bench: Workbench) -> bool:
    return has_model(bench) and len(bench.document.variants.items) > 1


# -- measuring -----------------------------------------------------------------------------------------------------


def measure_all(bench: Workbench) -> None:
    """For every variant what is not known yet: profile, error and accuracy, and the fair ratio."""
    document = bench.document
    figures = document.figures
    wanted: list[tuple[str, Recipe | None]] = []
    if complete(document.as_opened) is None:
        wanted.append((tr("the file as opened"), None))
    if complete(document.baseline) is None:
        wanted.append((tr("the float model"), document.base_recipe))
    treated = [variant for variant in document.variants.items if variant.recipe.rules]
    wanted += [
        (variant.name, variant.recipe)
        for variant in treated
        if complete(figures.measurements.get(document.key(variant.recipe))) is None
    ]
    bench.window.messages.hide()
    bench.window.show_panel("variants")

    def check_next(left: list[Recipe]) -> None:
        if not left:
            return
        recipe, *others = left
        key = document.data_key(recipe)

        def then() -> None:
            check_next(others)

        def compare() -> None:
            if key in figures.latency:
                then()
            else:
                compare_recipe(bench, recipe, then)

        if key in figures.comparisons:
            compare()
        else:
            verify_recipe(bench, recipe, compare)

    measure_each(bench, wanted, then=lambda: check_next([variant.recipe for variant in treated]))


def compare_two(bench: Workbench) -> None:
    from gui.dialogs.pair import PairDialog

    a, b = panel_of(bench).chosen
    PairDialog(bench, a, b).open()


# -- handing on ----------------------------------------------------------------------------------------------------


def save_csv(bench: Workbench) -> None:
    opened = bench.document.opened
    assert opened is not None
    start = bench.settings.value.save_folder / f"{opened.path.stem}.variants.csv"
    kinds = tr("Tables (*.csv)")
    if path := ask_name(bench.window, tr("Save the table of variants"), start, kinds, ".csv"):
        save_csv_to(bench, path)


def save_csv_to(bench: Workbench, path: Path) -> None:
    from engine.explain.tables import to_csv
    from engine.reports.scores import scores_table
    from engine.targets import check_target, write_text

    try:
        write_text(check_target(path, kept_files(bench)), to_csv(scores_table(scores(bench.document, mark))))
    except EngineError as error:
        bench.window.show_error(error)
        return
    told = tr("Table of variants saved to {path}").format(path=path)
    bench.document.log(told)
    bench.window.messages.show_text(told)


def connect(window: Any) -> None:  # MainWindow, which imports the panels
    panel, bench = window.panels["variants"], window.bench
    panel.use_wanted.connect(lambda place: use(bench, place))
    panel.renamed.connect(lambda place, name: rename_to(bench, place, name))
    panel.chosen_changed.connect(window.refresh_actions)


ACTIONS = (
    Action("variants_panel", mark("Variants"), "View", mark("The variants of the model with their scores, side by "
           "side"), show("variants"), ("Ctrl+Shift+V",), enabled_when=has_model),
    Action("variant_duplicate", mark("Duplicate variant"), "Variants", mark("A copy of the chosen variant, to change "
           "and to hold against the original"), duplicate, ("Ctrl+Alt+D",), "copy", has_model),
    Action("variant_new", mark("New variant"), "Variants", mark("A variant with an empty recipe"), new, ("Ctrl+Alt+N",),
           "inserted", has_model),
    Action("variant_rename", mark("Rename variant…"), "Variants", mark("Another name for the chosen variant"), rename,
           ("F2",), enabled_when=has_model),
    Action("variant_delete", mark("Delete variant"), "Variants", mark("Take the chosen variants away; undo brings them "
           "back"), delete, icon="remove", enabled_when=can_delete),
    Action("variant_use", mark("Make it the current variant"), "Variants", mark("The window shows and edits the chosen "
           "variant"), use_chosen, ("Ctrl+Alt+Return",), "verify", can_use),
    Action("variant_next", mark("Next variant"), "Variants", mark("The window shows and edits the next variant"),
           step(1), ("Ctrl+Alt+Down",), enabled_when=has_others),
    Action("variant_before", mark("Previous variant"), "Variants", mark("The window shows and edits the variant "
           "before"), step(-1), ("Ctrl+Alt+Up",), enabled_when=has_others),
    Action("variants_measure", mark("Measure variants"), "Variants", mark("Profile, verify and compare every variant, "
           "where that is not known yet"), measure_all, ("Shift+F5",), "play", can_measure),
    Action("variants_compare", mark("Compare two variants…"), "Variants", mark("The two chosen rows beside each other, "
           "and run in turns"), compare_two, ("Shift+F7",), "compare", has_two),
    Action("variants_csv", mark("Save variants as CSV…"), "Variants", mark("The table of variants with all scores"),
           save_csv, icon="save", enabled_when=has_model),
)  # fmt: skip
