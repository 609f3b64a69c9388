"""``python -m benchmarks.coverage [--csv TABLE.csv] [--group G] [--slice K/N] [--no-profile] [--json]``.

Exit status 1 where any model shows a bug of Lathe.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, astuple, fields
from pathlib import Path

from benchmarks.coverage.corpus import corpus
from benchmarks.coverage.walk import Row, faults, summary, walk


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.coverage", description="Open, inspect and profile every model there is."
    )
    parser.add_argument("--csv", type=Path, metavar="TABLE.csv", help="write the table")
    parser.add_argument("--group", action="append", help="shared, node, simple, light, ... (default: all)")
    parser.add_argument("--slice", default="1/1", metavar="K/N", help="each N-th model, beginning with the K-th")
    parser.add_argument("--no-profile", action="store_true", help="open and inspect only")
    parser.add_argument("--json", action="store_true", help="print the rows as one JSON object")
    args = parser.parse_args(argv)
    first, step = (int(part) for part in args.slice.split("/"))
    rows = []
    with tempfile.TemporaryDirectory(prefix="lathe-coverage-") as folder:
        entries = [entry for entry in corpus(Path(folder)) if not args.group or entry.group in args.group]
        for row in walk(entries[first - 1 :: step], profile=not args.no_profile):
            rows.append(row)
            if row in faults([row]):
                print(f"{row.group}/{row.name}: {row.message}", file=sys.stderr, flush=True)
    if args.csv is not None:
        with args.csv.open("w", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(field.name for field in fields(Row))
            writer.writerows(astuple(row) for row in rows)
    print(json.dumps({"models": [asdict(row) for row in rows]}) if args.json else "\n".join(summary(rows)))
    return 1 if faults(rows) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
