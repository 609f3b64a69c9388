"""Values for the inputs of a program: the user's, the file's own examples, or made up. The child process only."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine.backend import Array
from engine.data.given import from_file, from_text, is_file
from engine.errors import UsageError
from engine.graph.values import Dim, ValueInfo
from engine.program import Program
from engine.pytorch.loading import Loaded, ProgramInput, dtype_name, torch

_TRIED_SIZES = ((), (1,))
_MOST_TRIED = 8


@dataclass(frozen=True, slots=True)
class Wanted:
    """An input that the user must say something about: ``proposal`` is a shape that may fit, None for a number."""

    name: str
    scalar: str
    proposal: tuple[int, ...] | None


def check_names(known: Sequence[str], program: Program) -> None:
    """Raise ``UsageError`` where the user gave something for an input that the program does not have."""
    for flag, names in (("--shape", program.shapes), ("--input", program.values)):
        for name in names:
            if name not in known:
                raise UsageError(
                    f"the program has no input {name!r}", where=flag, way_out=f"It has: {', '.join(known) or 'none'}."
                )


def wanted(loaded: Loaded, program: Program) -> tuple[Wanted, ...]:
    """The inputs for which there is neither a shape nor a value."""
    missing = []
    for one in loaded.inputs:
        if one.name in program.values or one.name in loaded.examples or one.optional:
            continue
        if one.scalar:
            missing.append(Wanted(one.name, one.scalar, None))
        elif one.shape is None and one.name not in program.shapes:
            missing.append(Wanted(one.name, "", _proposal(loaded)))
    return tuple(missing)


def derived(loaded: Loaded, program: Program) -> dict[str, tuple[int, ...]]:
    """A shape for the only input of a program of fully connected and recurrent layers, once it has run with it.

    Their weights say how long a row is. Images and sequences have no such size: any would do.
    """
    missing = wanted(loaded, program)
    weights = [p for p in loaded.module.parameters() if p.dim() > 1]
    if len(missing) != 1 or missing[0].scalar or len(loaded.inputs) != 1 or any(p.dim() != 2 for p in weights):
        return {}
    for columns in list(dict.fromkeys(int(p.shape[1]) for p in weights))[:_MOST_TRIED]:
        for outer in _TRIED_SIZES:
            shape = (1, *outer, columns)
            try:
                with torch().inference_mode():
                    loaded.call([torch().zeros(shape)])
            except Exception:  # it does not take that shape
                continue
            return {missing[0].name: shape}
    return {}


def _proposal(loaded: Loaded) -> tuple[int, ...] | None:
    """What the first weight of more than one dimension lets one expect of the only input."""
    if len(loaded.inputs) != 1:
        return None
    first = next((p for p in loaded.module.parameters() if p.dim() > 1), None)
    if first is None:
        return None
    channels = int(first.shape[1])
    return {2: (1, channels), 3: (1, channels, 256), 4: (1, channels, 224, 224), 5: (1, channels, 16, 112, 112)}.get(
        first.dim()
    )


def values_of(
    loaded: Loaded, program: Program, shapes: Mapping[str, tuple[int, ...]], sample: int, integers: bool = False
) -> list[Any]:
    """One value for each input; sample 0 is the file's own example where it has one.

    Args:
        shapes: beside those that the user gave.
        integers: inputs whose type nobody says are indices.
    """
    shapes = {**shapes, **program.shapes}
    sizes = _sizes(loaded.inputs, shapes)
    return [_value(one, loaded, program, shapes.get(one.name), sizes, sample, integers) for one in loaded.inputs]


def _sizes(inputs: Sequence[ProgramInput], shapes: Mapping[str, tuple[int, ...]]) -> dict[Dim, int]:
    """What the shapes that are given say of the open sizes by name, which other inputs can have too."""
    pairs = ((one.shape, shapes[one.name]) for one in inputs if one.shape is not None and one.name in shapes)
    return {
        dim: size
        for declared, given in pairs
        if len(declared) == len(given)
        for dim, size in zip(declared, given, strict=True)
        if isinstance(dim, str)
    }


def _value(
    one: ProgramInput,
    loaded: Loaded,
    program: Program,
    given: tuple[int, ...] | None,
    open_sizes: Mapping[Dim, int],
    sample: int,
    integers: bool,
) -> Any:
    example, text = loaded.examples.get(one.name), program.values.get(one.name)
    if one.scalar:
        if text is not None:
            number = from_text(text, ValueInfo(one.name, one.dtype, ()))
            return {"int": int, "float": float, "bool": bool}[one.scalar](number)
        return example
    dtype = one.dtype or ("int64" if integers else "float32")
    dims: tuple[Dim, ...] | None = given or None
    if dims is None:
        dims = tuple(example.shape) if example is not None else one.shape
        if dims is not None and one.shape is not None and len(dims) == len(one.shape):
            dims = tuple(open_sizes.get(named, size) for named, size in zip(one.shape, dims, strict=True))
    if text is not None:
        info = ValueInfo(one.name, dtype, dims or ())
        if not is_file(text):
            return torch().from_numpy(np.ascontiguousarray(from_text(text, info)))
        array = np.load(text, allow_pickle=False) if dims is None else from_file(Path(text), info)
        if not one.dtype and array.dtype == np.float64:
            array = array.astype(dtype)
        return torch().from_numpy(np.ascontiguousarray(array))
    if dims is None:
        return None  # an optional input that is left out
    sizes = tuple(size if isinstance(size, int) else 1 for size in dims)
    if example is not None and sample == 0 and tuple(example.shape) == sizes:
        return example
    return made_up(one.name, dtype, sizes, sample)


def made_up(name: str, dtype: str, sizes: Sequence[int], sample: int) -> Any:
    """Standard normal floats, ones for integers (which may be indices), true for booleans."""
    kind = getattr(torch(), dtype)
    if not kind.is_floating_point:
        return torch().ones(tuple(sizes), dtype=kind)
    generator = np.random.default_rng([sample, zlib.crc32(name.encode())])
    return torch().from_numpy(generator.standard_normal(tuple(sizes), np.float32)).to(kind)


def to_numpy(tensor: Any) -> Array:
    """The array of a tensor on any device; complex numbers as pairs of real ones, as ONNX's operators have them."""
    tensor = tensor.detach().cpu()
    if tensor.is_complex():
        tensor = torch().view_as_real(tensor.resolve_conj())
    if dtype_name(tensor.dtype) == "bfloat16":
        import ml_dtypes

        return np.asarray(tensor.view(torch().int16).numpy()).view(ml_dtypes.bfloat16)
    return np.asarray(tensor.numpy())


def to_tensor(array: Array, device: str) -> Any:
    """A tensor of an array, without a copy where it stays on the processor."""
    if array.dtype.name == "bfloat16":
        tensor = torch().from_numpy(np.ascontiguousarray(array).view(np.int16)).view(torch().bfloat16)
    elif not array.flags.writeable or not array.flags.c_contiguous:
        tensor = torch().from_numpy(np.array(array, order="C"))
    else:
        tensor = torch().from_numpy(array)
    return tensor if device == "cpu" else tensor.to(device)
