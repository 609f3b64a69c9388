"""``python -m benchmarks [NAME ...] [--json]``."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence

import benchmarks.cases
from benchmarks.benchmark import Benchmark, Figure
from benchmarks.subject import find_subject
from engine.registry import discover

Results = Mapping[str, tuple[Figure, ...]]


def main(argv: Sequence[str]) -> int:
    known = discover(benchmarks.cases, "BENCHMARK", Benchmark)
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure how fast Lathe is.")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"one of: {', '.join(known)} (default: all but the long ones)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    parser.add_argument("--minutes", type=float, metavar="N", help="how long `use` goes on (default: 1)")
    parser.add_argument("--rows", metavar="FILE", help="where `pruning` keeps its table and goes on with it")
    parser.add_argument("--phase", choices=("accuracy", "latency"), help="which phase of `pruning` (default: both)")
    parser.add_argument("--models", metavar="A,B", help="of which models `pruning` makes its table (default: all)")
    parser.add_argument("--methods", metavar="A,B", help="with which methods (default: all)")
    args = parser.parse_args(argv)
    for option in ("rows", "phase", "models", "methods"):
        if getattr(args, option) is not None:
            os.environ[f"LATHE_PRUNING_{option.upper()}"] = getattr(args, option)
    if args.minutes is not None:
        os.environ["LATHE_USE_MINUTES"] = str(args.minutes)
    if unknown := [name for name in args.names if name not in known]:
        parser.error(f"there is no {unknown[0]!r}; there are: {', '.join(known)}")
    subject = find_subject()
    results: dict[str, tuple[Figure, ...]] = {}
    for name in args.names or [name for name, one in known.items() if not one.long]:
        print(f"{name}: {known[name].title} ...", file=sys.stderr, flush=True)
        results[name] = known[name].measure(subject)
    print(as_json(results, alone=len(args.names) == 1) if args.json else as_table(results, subject.title))
    return 0


def as_json(results: Results, *, alone: bool) -> str:
    """The figures by name; of several benchmarks by benchmark and name. "10000.layout_ms" is one of group "10000"."""
    by_name: dict[str, dict[str, object]] = {key: {} for key in results}
    for key, figures in results.items():
        for figure in figures:
            group, _, name = figure.name.rpartition(".")
            inside = by_name[key].setdefault(group, {}) if group else by_name[key]
            assert isinstance(inside, dict)
            inside[name] = figure.value
    return json.dumps(next(iter(by_name.values())) if alone else by_name)


def as_table(results: Results, subject: str) -> str:
    head = ("benchmark", "figure", "measured", "target")
    rows = [
        (key, figure.text, f"{number(figure.value)} {figure.unit}".strip(), target(figure))
        for key, figures in results.items()
        for figure in figures
    ]
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in (head, *rows)
    ]
    return "\n".join([f"Measured on {subject}.", "", *lines])


def number(value: float) -> str:
    """Three significant figures, and no exponent where a reader would have to count zeros."""
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e9 else f"{value:.3g}"


def target(figure: Figure) -> str:
    if figure.target is None:
        return ""
    return f"at most {figure.target:g} {figure.unit}".strip() + (" (missed)" if figure.missed else "")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
