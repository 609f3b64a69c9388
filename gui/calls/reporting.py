"""The report of the document: what is collected on the window's thread, and the page that a worker writes."""

from __future__ import annotations

import datetime
import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from engine.progress import Progress
from engine.recipe import Recipe
from engine.reports.scores import Score
from gui.language import mark, tr
from gui.scores import scores
from gui.treatment import resolve

if TYPE_CHECKING:
    from gui.document import Document
    from gui.figures import Explained, Measurement, Rebuilt
    from gui.opened import Opened


@dataclass(frozen=True)
class Reported:
    """One row of the table of variants with all that is known of it; ``recipe`` is None for the float model."""

    score: Score
    recipe: Recipe | None
    measurement: Measurement | None
    explained: Explained | None = None
    rebuilt: Rebuilt | None = None
    treatments: Mapping[str, str] = field(default_factory=dict)


def variants_of(document: Document) -> list[Reported]:
    """The float model, then the variants."""
    figures, found = document.figures, []
    recipes: list[Recipe | None] = [None, *(variant.recipe for variant in document.variants.items)]
    for score, recipe in zip(scores(document, mark), recipes, strict=True):
        done = recipe if recipe is not None else document.base_recipe
        if recipe is not None and not recipe.rules:
            continue  # it is the float model
        key = document.key(done)
        measured = figures.measurements.get(key)
        if recipe is None and measured is None:
            key, measured = document.key(), document.as_opened
        treatments = {
            layer: ", ".join(
                rule.choice.replace("_", " ") for rule in (told.pruning, told.quantization) if rule is not None
            )
            for layer, told in resolve(done, document.layers, document.fits).items()
        }
        rebuilt = figures.rebuilt.get(document.data_key(done))
        found.append(Reported(score, recipe, measured, figures.explained.get(key), rebuilt, treatments))
    return found


def write(opened: Opened, variants: Sequence[Reported], data: str, target: Path, *, progress: Progress) -> int:
    """The page; returns its size."""
    from engine.reports.graph_svg import graph_svg
    from engine.reports.page import LayerRow, Report, Subject, render
    from engine.reports.subject import layer_rows, machine_facts, profile_facts, reason_lines
    from engine.targets import write_text
    from engine.version import version

    progress.step(tr("Writing the report"))
    before: dict[str, float] = {}
    subjects = []
    for number, said in enumerate(variants):
        layers = said.measurement.layers if said.measurement is not None else {}
        profile = said.measurement.profile if said.measurement is not None else None
        rows = []
        for row in layer_rows(opened.index, None, said.treatments):
            timing = layers.get(row.id)
            rows.append(row if timing is None else LayerRow(
                row.id, row.op, row.output, row.parameters, row.macs, timing.median_us, timing.share, timing.state,
                row.treatment,
            ))  # fmt: skip
        shares = {layer: timing.share for layer, timing in layers.items()}
        explanation = said.explained.explanation if said.explained is not None else None
        notes = list(profile.notes) if profile is not None and profile.noisy else []
        if profile is None:
            notes.append("This variant has not been measured.")
        if said.rebuilt is not None:
            notes += [f"{layer} stays as it is: {why}" for layer, why in list(said.rebuilt.skipped.items())[:20]]
        subjects.append(
            Subject(
                said.score,
                profile_facts(profile) if profile is not None else (),
                rows,
                profile,
                before if number else {},
                graph_svg(opened.model, opened.index, shares, progress),
                reason_lines(explanation),
                notes,
                _commands(said, opened.path, data),
            )
        )
        if not number:
            before = {layer: timing.median_us for layer, timing in layers.items() if timing.median_us > 0}
        progress.check()
    profiles = [said.measurement.profile for said in variants if said.measurement is not None]
    now = datetime.datetime.now().astimezone()
    page = render(
        Report(
            f"Lathe: {opened.path.stem}",
            f"{opened.path}, made by Lathe {version()} on {now:%Y-%m-%d %H:%M %Z}",
            "the cleaned float model" if variants else "",
            subjects,
            machine_facts(profiles[0]) if profiles else (),
        )
    )
    write_text(target, page)
    return len(page.encode())


def _commands(said: Reported, path: Path, data: str) -> list[str]:
    """The recipe as a file, and the line that applies it."""
    if said.recipe is None:
        return []
    name = "".join(c if c.isalnum() or c in "-_" else "-" for c in said.score.name).strip("-") or "recipe"
    more = f" --data {shlex.quote(data)}" if data else ""
    return [
        f"cat > {name}.json <<'END'",
        json.dumps(said.recipe.to_json()),
        "END",
        f"lathe optimize {shlex.quote(str(path))} -o {name}.onnx --recipe {name}.json{more}",
        f"lathe compare {shlex.quote(str(path))} {name}.onnx{more}",
    ]
