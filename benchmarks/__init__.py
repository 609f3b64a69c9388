"""How fast Lathe is: one file in ``benchmarks/cases`` is one benchmark.

    python -m benchmarks                 all of them, as a table
    python -m benchmarks start inspect   these
    python -m benchmarks start --json    its figures as one JSON object

Figures are of the machine that they are taken on. A benchmark states the targets that Lathe has set itself.
"""
