"""A program and the ONNX file that was made of it on the same inputs; the child process only."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from engine.program import Conversion, Difference, Program
from engine.pytorch.faults import first_lines
from engine.pytorch.loading import Loaded, load, torch
from engine.pytorch.silence import silenced
from engine.pytorch.values import to_numpy, values_of

SAMPLES = 3
"""On how many inputs both are compared; the first is the file's own example where it has one."""


def compared(found: Conversion, program: Program, target: Path, integers: bool) -> Conversion:
    """The conversion with the differences of each output, and what is to be said of them."""
    if importlib.util.find_spec("onnxruntime") is None:
        note = "ONNX Runtime is missing, so the ONNX graph was not compared with PyTorch: pip install 'lathe[cpu]'."
        return replace(found, notes=(*found.notes, note))
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(str(target), options, providers=["CPUExecutionProvider"])
        names = [one.name for one in session.get_inputs()]
        outputs = [one.name for one in session.get_outputs()]
        with silenced(), torch().inference_mode():
            loaded = load(program)
            notes = _state_notes(load(program), values_of(loaded, program, found.shapes, 0, integers))
            pairs: list[tuple[list[Any], list[Any]]] = []
            for sample in range(SAMPLES):
                if notes and sample:
                    loaded = load(program)
                values = values_of(loaded, program, found.shapes, sample, integers)
                feeds = {one.name: v for one, v in zip(loaded.inputs, values, strict=True)}
                arrays = {
                    n: np.asarray(feeds[n] if not hasattr(feeds[n], "numpy") else to_numpy(feeds[n])) for n in names
                }
                theirs = session.run(outputs, arrays)
                pairs.append(([to_numpy(value) for value in loaded.call(values)], theirs))
    except Exception as error:  # the graph may be one that ONNX Runtime cannot run; that is worth knowing
        note = f"ONNX Runtime could not be compared with PyTorch: {first_lines(error)}"
        return replace(found, notes=(*found.notes, note))
    fixed = [one.name for one in loaded.inputs if one.name not in names]
    if fixed:
        notes = (*notes, f"The ONNX graph has {', '.join(fixed)} as it was when it was converted.")
    differences = tuple(_differences(outputs, pairs))
    return replace(found, differences=differences, samples=len(pairs), notes=(*found.notes, *notes))


def _state_notes(loaded: Loaded, values: Sequence[Any]) -> tuple[str, ...]:
    """Whether the same input gives the same output twice."""
    first = [to_numpy(value).copy() for value in loaded.call(values)]
    second = [to_numpy(value) for value in loaded.call(values)]
    if all(np.array_equal(a, b, equal_nan=a.dtype.kind in "fc") for a, b in zip(first, second, strict=True)):
        return ()
    return (
        "The program gives another result for the same input when it runs again: it keeps state from run to run, or is "
        "random. The ONNX graph computes each run as the first; both were compared on first runs.",
    )


def _differences(names: Sequence[str], pairs: Sequence[tuple[list[Any], list[Any]]]) -> Iterator[Difference]:
    for number, name in enumerate(names):
        if any(number >= len(ours) for ours, _ in pairs):
            break
        noise = signal = worst = 0.0
        for ours, theirs in pairs:
            a, b = np.asarray(ours[number], np.float64), np.asarray(theirs[number], np.float64)
            if a.shape != b.shape:
                yield Difference(name, float("inf"), float("-inf"))
                break
            error = np.where((a == b) | (np.isnan(a) & np.isnan(b)), 0.0, b - a)
            worst = max(worst, float(np.max(np.abs(error), initial=0.0)))
            noise, signal = noise + float(np.sum(error**2)), signal + float(np.sum(a**2))
        else:
            yield Difference(name, worst, None if noise == 0 else float(10 * np.log10(max(signal, 1e-300) / noise)))
