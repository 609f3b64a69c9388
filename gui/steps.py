"""What a running call of the engine is at, in the language of the window.

The engine names its steps in English, as the command line shows them. The window shows them beside the job, all the
time that it runs, so that it has them as templates.
"""

from __future__ import annotations

import re

from gui.language import SOURCE, again, mark, spoken, tr

STEPS = (
    mark("attributing"),
    mark("building the graph of {name}"),
    mark("building the session"),
    mark("calibrating"),
    mark("calibrating bodies"),
    mark("calibrating, pass {number} of {count}"),
    mark("checking samples"),
    mark("checking {name}"),
    mark("choosing channels"),
    mark("cleaning"),
    mark("comparing"),
    mark("comparing layers"),
    mark("comparing layers, pass {number} of {count}"),
    mark("comparing the cleaned model with the source"),
    mark("computing the metric"),
    mark("cutting {count} groups of channels"),
    mark("explaining"),
    mark("factoring"),
    mark("healing"),
    mark("healing block {number} of {count}"),
    mark("inferring shapes"),
    mark("Laying out the graph"),
    mark("loading the exported file"),
    mark("loading the model"),
    mark("looking at inputs"),
    mark("looking for layers that lose the output"),
    mark("looking for what costs time"),
    mark("Looking for {name}"),
    mark("measuring"),
    mark("measuring cuts"),
    mark("measuring sensitivity"),
    mark("measuring the device's ceilings"),
    mark("measuring which layers gain"),
    mark("measuring which layers gain, look {number} of at most {count}"),
    mark("offline"),
    mark("opening both models"),
    mark("opening {name}"),
    mark("preparing"),
    mark("quantizing {count} layers"),
    mark("reading samples"),
    mark("reading {name}"),
    mark("running ONNX's checker"),
    mark("running the float model"),
    mark("server"),
    mark("single stream"),
    mark("multi stream"),
    mark("treating again what need not be kept"),
    mark("warming up"),
    mark("weighing cuts"),
    mark("writing {name}"),
    mark("batch {batch}, {threads} threads, {streams} streams"),
    mark("batch {batch}, {threads} threads, {streams} stream"),
    mark("batch {batch}, {threads} thread, {streams} streams"),
    mark("batch {batch}, {threads} thread, {streams} stream"),
    mark("{rate} queries a second"),
)
"""Those without values first where both fit."""


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", template)
    return re.compile("".join(f"(?P<{part}>.+)" if n % 2 else re.escape(part) for n, part in enumerate(parts)))


_WITH_VALUES = tuple((step, _pattern(step)) for step in STEPS if "{" in step)


def step_text(label: str) -> str:
    """The label of a tick; one that is not known stays as it is."""
    told = again(label)
    if spoken() == SOURCE or told is not label:
        return told
    if label in STEPS:
        return tr(label)
    for template, pattern in _WITH_VALUES:
        if found := pattern.fullmatch(label):
            return tr(template).format(**found.groupdict())
    return label
