"""The scores of the document's variants, from what is measured of each."""

from __future__ import annotations

from dataclasses import replace

from engine.recipe import Recipe
from engine.reports.scores import Score
from gui.document import Document
from gui.figures import Measurement
from gui.language import mark, tr
from gui.panels.recipe_text import Say, summary_of

FLOAT = "Float"
"""The name of the row that variants are held against: the cleaned float model."""


def score_of(document: Document, name: str, recipe: Recipe, say: Say = tr) -> Score:
    """What is known of a recipe with the settings as they are; one that treats nothing gives the float model."""
    if recipe == document.base_recipe:
        return replace(float_score(document, say), name=name, recipe=summary_of(recipe, say))
    key, data_key = document.key(recipe), document.data_key(recipe)
    found = document.figures
    measured, base = found.measurements.get(key), document.baseline or document.as_opened
    fair, compared, rebuilt = found.latency.get(data_key), found.comparisons.get(data_key), found.rebuilt.get(data_key)
    latency_ms = _median_ms(measured) if measured is not None else fair.b_ms if fair is not None else None
    ratio = None
    if fair is not None:
        ratio = fair.ratio
    elif latency_ms is not None and base is not None:
        ratio = latency_ms / _median_ms(base)
    accuracy = compared.accuracy if compared is not None else None
    return Score(
        name,
        summary_of(recipe, say),
        file_bytes=rebuilt.file_bytes if rebuilt is not None else None,
        parameters=rebuilt.parameters if rebuilt is not None else None,
        macs=rebuilt.macs if rebuilt is not None else None,
        latency_ms=latency_ms,
        latency_ratio=ratio,
        interval=fair.interval if fair is not None else None,
        fair=fair is not None,
        conclusive=fair is not None and fair.conclusive,
        noisy=measured is not None and measured.profile.noisy,
        accuracy=accuracy.b if accuracy is not None else None,
        drop_points=round((accuracy.a - accuracy.b) * 100, 6) if accuracy is not None else None,
        agreement=accuracy.agreement if accuracy is not None else None,
        sqnr_db=min((output.sqnr_db for output in compared.outputs), default=None) if compared is not None else None,
        samples=compared.samples if compared is not None else None,
    )


def float_score(document: Document, say: Say = tr) -> Score:
    """Of the cleaned float model; its accuracy is that of the file, which any comparison tells."""
    recipe = document.base_recipe
    known = document.baseline or document.as_opened
    rebuilt = document.base_rebuilt
    keys = [document.data_key(variant.recipe) for variant in document.variants.items]
    compared = next((c for k in keys if (c := document.figures.comparisons.get(k)) is not None), None)
    accuracy = compared.accuracy if compared is not None else None
    opened = document.opened
    return Score(
        say(mark("Float")),
        say(mark("cleaned only")) if recipe.clean else say(mark("as it is")),
        file_bytes=rebuilt.file_bytes if rebuilt is not None else opened.source.file_bytes if opened else None,
        parameters=opened.index.parameters if opened else None,
        macs=opened.index.macs if opened else None,
        latency_ms=_median_ms(known) if known is not None else None,
        latency_ratio=1.0 if known is not None else None,
        noisy=known is not None and known.profile.noisy,
        accuracy=accuracy.a if accuracy is not None else None,
        drop_points=0.0 if accuracy is not None else None,
        samples=compared.samples if compared is not None and accuracy is not None else None,
    )


def scores(document: Document, say: Say = tr) -> list[Score]:
    """The float model, then the variants in their order; with ``say=mark`` in English, as what is exported is."""
    if document.opened is None:
        return []
    return [
        float_score(document, say),
        *(score_of(document, variant.name, variant.recipe, say) for variant in document.variants.items),
    ]


def _median_ms(measurement: Measurement) -> float:
    return measurement.profile.latency_ms.median
