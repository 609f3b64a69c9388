"""A profile and what is explained of it as tables, and tables as CSV.

RFC 4180: CRLF, quotes doubled, a header; units stand in the names of the columns, which are the keys of the JSON. Texts
are quoted. A spreadsheet takes a text that begins with ``= + - @`` for a formula, and a file may name its layers as it
likes: such texts get an apostrophe in front, which spreadsheets know as "this is text" (OWASP, CSV Injection).
"""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from engine.errors import EngineError, UsageError
from engine.explain.diff import LayerDelta, ProfileDiff
from engine.explain.memory import ActivationMemory, MemoryStep
from engine.explain.placement import ProviderShare, placement
from engine.explain.reason import Reason
from engine.explain.roofline import LayerRoof, Roofline
from engine.profiling.profile import KernelTiming, LayerTiming, Profile
from engine.targets import check_target, disk_faults, write_text

Cell = str | int | float | None

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Table:
    """``name`` is that of its file, without ``.csv``."""

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def profile_tables(profile: Profile) -> tuple[Table, ...]:
    """The summary with all settings and versions, the layers with the row that makes their shares 1, the kernels, where
    they ran, and the histogram of the runs.
    """
    histogram = profile.latency_ms.histogram
    edges = histogram.edges
    rest = LayerTiming("", "timed", profile.unattributed_us, 0.0, profile.unattributed_share, None)
    layers = _table("layers", LayerTiming, profile.layers)
    unowned = ("(unattributed)", "", *_cells(rest)[2:])
    return (
        Table("summary", ("figure", "value"), tuple(_flat(_figures(profile)))),
        Table(layers.name, layers.header, (*layers.rows, unowned)),
        _table("kernels", KernelTiming, profile.kernels),
        _table("placement", ProviderShare, placement(profile)),
        Table("histogram", ("from_ms", "to_ms", "runs"), tuple(zip(edges, edges[1:], histogram.counts, strict=False))),
    )


def reasons_table(reasons: Sequence[Reason]) -> Table:
    """Why it is slow, the remedies by their labels."""
    header = ("rule", "title", "cost_us", "layers", "detail", "advice", "remedies")
    return Table(
        "reasons",
        header,
        tuple(
            (
                reason.rule,
                reason.title,
                reason.cost_us,
                _joined(reason.layers),
                reason.detail,
                reason.advice,
                _joined(remedy.label for remedy in reason.remedies),
            )
            for reason in reasons
        ),
    )


def memory_table(memory: ActivationMemory) -> Table:
    """Activation memory over the execution order."""
    return _table("memory", MemoryStep, memory.steps)


def roofline_table(roofline: Roofline) -> Table:
    """What each layer achieved under its ceiling."""
    return _table("roofline", LayerRoof, roofline.layers)


def diff_table(found: ProfileDiff, layers: Sequence[LayerDelta] | None = None) -> Table:
    """Before and after; all layers, or those given, with the unattributed rest."""
    rows = _table("diff", LayerDelta, found.layers if layers is None else layers)
    rest = LayerDelta("(unattributed)", "both", None, None, found.unattributed_delta_us)
    return Table(rows.name, rows.header, (*rows.rows, _cells(rest)))


def to_csv(table: Table) -> str:
    """The text of the file."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    for row in (table.header, *table.rows):
        writer.writerow([_guarded(cell) if isinstance(cell, str) else "" if cell is None else cell for cell in row])
    return text.getvalue()


def check_folder(folder: Path, tables: Iterable[str], kept: Mapping[Path, str]) -> None:
    """Whether ``write_tables`` could write there; before any work.

    Raises:
        UsageError: it could not, or would damage a file of ``kept``.
    """
    if folder.suffix.lower() == ".csv" and not folder.is_dir():
        raise UsageError(
            "names one file, and there are several tables",
            where=str(folder),
            way_out=f"Name a folder, as in --csv {folder.with_suffix('')}.",
        )
    if folder.is_dir():
        for name in tables:
            check_target(folder / f"{name}.csv", kept)
    else:
        check_target(folder, kept)
        if folder.exists():
            raise UsageError("is a file, not a folder", where=str(folder), way_out="Name a folder.")


def write_tables(folder: Path, tables: Iterable[Table]) -> None:
    """One file each, in a folder that is made where it is missing."""
    made = not folder.exists()
    with disk_faults(folder):
        folder.mkdir(exist_ok=True)
    try:
        for table in tables:
            write_text(folder / f"{table.name}.csv", to_csv(table))
    except EngineError:
        if made:
            shutil.rmtree(folder, ignore_errors=True)
        raise


def _figures(profile: Profile) -> dict[str, Any]:
    found = profile.to_json()
    del found["kernels"], found["layers"], found["latency_ms"]["histogram"]
    return found


def _flat(value: object, path: str = "") -> Iterable[tuple[Cell, ...]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _flat(inner, f"{path}.{key}" if path else str(key))
    else:
        yield path, _cell(value)


def _table(name: str, kind: type, rows: Iterable[Any]) -> Table:
    return Table(name, tuple(entry.name for entry in fields(kind)), tuple(_cells(row) for row in rows))


def _cells(row: Any) -> tuple[Cell, ...]:
    return tuple(_cell(getattr(row, entry.name)) for entry in fields(row))


def _cell(value: object) -> Cell:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple | list):
        return _joined(value)
    return value if isinstance(value, int | float | str) or value is None else str(value)


def _joined(values: Iterable[object]) -> str:
    return "; ".join(map(str, values))


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
