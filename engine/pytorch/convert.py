"""From a program to an ONNX file, with ``torch.onnx``; the child process only.

``torch.export`` graphs and plain modules go through the exporter that PyTorch calls dynamo; ScriptModules, which that
one refuses, and modules that ``torch.export`` cannot follow go through the older one. Afterwards both compute the same
inputs, and what lies between the results is part of the answer.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import os
import re
import sys
import sysconfig
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from engine.errors import ModelError
from engine.graph.layers import NAME_SCOPES, name_scopes, scope_from_name
from engine.graph.origin import STACK_TRACE
from engine.profiling.pace import building
from engine.program import Conversion, Module, Program
from engine.progress import Progress
from engine.pytorch.compared import compared
from engine.pytorch.faults import cause, ended_itself, first_lines
from engine.pytorch.loading import Loaded, load, register_records, torch
from engine.pytorch.own_graph import graph_of
from engine.pytorch.silence import silenced
from engine.pytorch.values import Wanted, derived, to_numpy, values_of, wanted

EXTERNAL_BYTES = 1 << 30
_FRAMES = 12


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the child says. The graph is in the file that it was told.

    ``wanted`` is what the user must say first; ``inputs`` are the names of all; ``files`` are those that the code of
    the user has read.
    """

    conversion: Conversion
    wanted: tuple[Wanted, ...] = ()
    files: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()


def convert(program: Program, target: Path, *, progress: Progress) -> Outcome:
    """Write the program to ``target``: converted, or where that cannot be its own graph.

    Raises:
        ModelError: the program cannot be loaded, or ends itself.
    """
    try:
        return _convert(program, target, progress)
    except SystemExit as error:
        raise ended_itself(program, error, "run and converted") from None


def _convert(program: Program, target: Path, progress: Progress) -> Outcome:
    begin = time.perf_counter()
    sys.dont_write_bytecode = True  # nothing is written beside the user's files
    with building(progress, label="loading PyTorch"):
        torch().set_num_threads(max(1, (os.cpu_count() or 2) - 1))
    files = _watched(program, target)
    with building(progress, label=f"loading {program.path.name}"), silenced():
        loaded = load(program)
        shapes = derived(loaded, program)
    missing = tuple(one for one in wanted(loaded, program) if one.name not in shapes)
    found = Conversion("", 0.0, _versions(), _modules(loaded), shapes=shapes)
    if missing:
        found = replace(found, stopped=missing_text(missing))
    else:
        found = _converted(loaded, program, found, target, progress)
    if found.stopped:
        with building(progress, label="reading its own graph"), silenced():
            loaded = load(program)  # what the exporter tried may have changed it
            _save(graph_of(loaded, {**_shapes(loaded), **shapes, **program.shapes}), target)
    found = replace(found, seconds=time.perf_counter() - begin)
    return Outcome(found, missing, tuple(sorted(files)), tuple(one.name for one in loaded.inputs))


def _watched(program: Program, target: Path) -> set[str]:
    """The files that the user's code reads from now on, modules included; what is installed counts as unchanging."""
    found: set[str] = set()
    installed = tuple(str(Path(path).resolve()) for path in sysconfig.get_paths().values())
    own = (str(Path(__file__).resolve().parents[2]), str(Path(sys.executable).resolve()), "/proc", "/sys", "/dev")

    def look(event: str, args: tuple[Any, ...]) -> None:
        if event != "open" or not isinstance(args[0], (str, bytes)) or not args[0]:
            return
        path = os.path.realpath(os.fsdecode(args[0]))
        if path.endswith(".pyc"):
            with contextlib.suppress(ValueError, NotImplementedError):
                path = importlib.util.source_from_cache(path)
        if os.path.isfile(path) and not path.startswith((*installed, *own, str(target.parent))):  # noqa: PTH113
            found.add(path)

    if program.kind in ("module", "factory"):
        sys.addaudithook(look)
    return found


def missing_text(missing: Sequence[Wanted]) -> str:
    """What the user has to say, as one sentence."""
    tensors = [one.name for one in missing if not one.scalar]
    numbers = [f"{one.name} ({one.scalar})" for one in missing if one.scalar]
    parts = []
    if tensors:
        parts.append(f"the file does not say which shape {', '.join(tensors)} has")
    if numbers:
        parts.append(f"{', '.join(numbers)} needs a value")
    return " and ".join(parts)


def _converted(loaded: Loaded, program: Program, found: Conversion, target: Path, progress: Progress) -> Conversion:
    try:
        with building(progress, label="converting to ONNX"), silenced():
            values, outputs = _fitting(loaded, program, found)
            exporter, notes = _export(program, values, outputs, target)
    except ModelError as error:
        return replace(found, stopped=error.what)
    except Exception as error:  # whatever the exporter raises is why it refuses
        return replace(found, stopped=_reason(error))
    shapes = {one.name: tuple(v.shape) for one, v in zip(loaded.inputs, values, strict=True) if hasattr(v, "shape")}
    found = replace(found, exporter=exporter, notes=(*found.notes, *notes), shapes=shapes)
    untyped = [v for one, v in zip(loaded.inputs, values, strict=True) if not one.dtype and hasattr(v, "dtype")]
    integers = any(not v.dtype.is_floating_point for v in untyped)
    _tidy(target)
    if exporter == "torchscript":
        with silenced():
            _as_it_was(load(program), outputs, target)
    with building(progress, label="comparing ONNX with PyTorch"):
        return compared(found, program, target, integers)


def _reason(error: Exception) -> str:
    """Why an exporter refuses, and the line of the author's code where it does; its own dump of the graph left out."""
    text = str(error)
    head = text.partition("[Caused by")[0].partition("(node defined in")[0].strip()
    at = re.search(r'File "([^"\n]+)", line (\d+)', text)
    said = first_lines(ValueError(head)) if head else type(error).__name__
    return said if at is None else f"{said} ({at[1]}, line {at[2]})"


def _fitting(loaded: Loaded, program: Program, found: Conversion) -> tuple[list[Any], list[Any]]:
    """Values that the program takes, and the tensors that come out.

    Where nobody says the type of its inputs, floats are tried and then indices.
    """
    values = values_of(loaded, program, found.shapes, 0)
    untyped = any(not one.dtype and not one.scalar for one in loaded.inputs)
    try:
        with torch().inference_mode():
            return values, loaded.call(values)
    except Exception as error:
        if not untyped or not any(word in str(error).lower() for word in ("long", "int", "indices", "index")):
            raise ModelError(f"PyTorch cannot run it on these inputs: {cause(error, program)}") from error
        values = values_of(loaded, program, found.shapes, 0, integers=True)
        try:
            with torch().inference_mode():
                return values, loaded.call(values)
        except Exception:
            raise ModelError(f"PyTorch cannot run it on these inputs: {cause(error, program)}") from error


def _export(program: Program, values: Sequence[Any], outputs: Sequence[Any], target: Path) -> tuple[str, list[str]]:
    """The exporter that succeeded, and what is to be said about it."""
    loaded = load(program)  # running it may have changed the state of the other
    if isinstance(loaded.module, torch().jit.ScriptModule):
        _by_torchscript(loaded, values, outputs, target)
        return "torchscript", []
    exported = loaded.exported
    try:
        if exported is None:
            args, kwargs = loaded.arrange(values)
            register_records(type(loaded.module).__module__)
            exported = torch().export.export(loaded.module, args, kwargs, strict=False)
        _by_dynamo(exported, loaded, target)
        return "dynamo", []
    except Exception as error:
        if loaded.exported is not None:
            raise
        try:
            _by_torchscript(load(program), values, outputs, target)
        except Exception:
            raise error from None
        return "torchscript", [f"torch.export cannot follow it ({first_lines(error, 1)}), so it was traced instead."]


def _by_dynamo(exported: Any, loaded: Loaded, target: Path) -> None:
    made = torch().onnx.export(exported, dynamo=True, verbose=False)
    large = sum(p.numel() * p.element_size() for p in loaded.module.parameters()) > EXTERNAL_BYTES
    made.save(str(target), external_data=large)


def _by_torchscript(loaded: Loaded, values: Sequence[Any], outputs: Sequence[Any], target: Path) -> None:
    args, kwargs = loaded.arrange(values)
    if kwargs:
        raise ModelError(f"torch.jit.trace takes no named arguments, and {', '.join(kwargs)} is one")
    while args and args[-1] is None:
        args = args[:-1]
    names = [one.name for one, value in zip(loaded.inputs, values, strict=True) if value is not None]
    module = loaded.module
    with torch().no_grad():
        if not isinstance(module, torch().jit.ScriptModule):
            # Traced first: the exporter would make inputs of arguments that have defaults.
            module = torch().jit.trace(module, args, check_trace=False, strict=False)
        torch().onnx.export(
            module,
            args,
            str(target),
            input_names=names,
            output_names=["output"] if len(outputs) == 1 else [f"output_{number}" for number in range(len(outputs))],
            dynamo=False,
            verbose=True,  # which leaves the lines of the source in the file; what it prints goes nowhere
        )
    _require_outputs(target)


def _require_outputs(target: Path) -> None:
    """Of a dictionary the older exporter makes none, and says nothing."""
    import onnx

    found = onnx.load(target, load_external_data=False).graph.output
    if not found or not all(one.name for one in found):
        raise ModelError(
            "the exporter makes no outputs of what it returns, a dictionary perhaps; of a tuple of tensors it does"
        )


def _tidy(target: Path) -> None:
    """The lines of the source where dynamo's exporter has them, instead of in long texts beside each node."""
    import onnx

    model = onnx.load(target, load_external_data=False)
    weights = {one.name for one in model.graph.initializer}
    for node in model.graph.node:
        _scope_of_weight(node, weights)
        if not any(entry.key == NAME_SCOPES for entry in node.metadata_props):
            _set(node, NAME_SCOPES, name_scopes(scope_from_name(node.name), node.op_type))
        if node.doc_string:
            trace = _stack(node.doc_string)
            if trace:
                _set(node, STACK_TRACE, trace)
            node.doc_string = ""
    onnx.save(model, target)


def _set(node: Any, key: str, value: str) -> None:
    entry = node.metadata_props.add()
    entry.key, entry.value = key, value


def _as_it_was(fresh: Loaded, outputs: Sequence[Any], target: Path) -> None:
    """What the older exporter loses.

    It runs the program once before it reads its buffers, which go back to what the file has; and it forgets the sizes
    of outputs, though those of the inputs are fixed.
    """
    import onnx

    buffers = {name: to_numpy(tensor) for name, tensor in fresh.module.named_buffers()}
    model = onnx.load(target, load_external_data=False)
    for value, found in zip(model.graph.output, outputs, strict=False):
        sizes = onnx.helper.make_tensor_type_proto(value.type.tensor_type.elem_type, tuple(found.shape))
        value.type.CopyFrom(sizes)
    for tensor in model.graph.initializer:
        own = buffers.get(tensor.name)
        if own is None or tensor.data_location or tuple(tensor.dims) != own.shape:
            continue
        if not np.array_equal(onnx.numpy_helper.to_array(tensor), own):
            tensor.CopyFrom(onnx.numpy_helper.from_array(own, tensor.name))
    onnx.save(model, target)


def _scope_of_weight(node: Any, weights: set[str]) -> None:
    """A Conv that took in a BatchNormalization stands where its weight does, not where that was."""
    owner = next(
        (name.rpartition(".")[0] for name in node.input[1:2] if name in weights and name.endswith(".weight")), ""
    )
    for entry in node.metadata_props:
        if owner and entry.key == NAME_SCOPES:
            parts = owner.split(".")
            entry.value = name_scopes(parts, node.name)


def _stack(text: str) -> str:
    """``file.py(12): forward`` lines of a traced program, innermost first, or the ``File`` lines of a scripted one."""
    frames = []
    for line in text.splitlines():
        if line.startswith("Serialized"):
            break
        head, found, tail = line.strip().partition("): ")
        file, _, number = head.rpartition("(")
        if found and file and number.isdigit():
            frames.append(f'File "{file}", line {number}, in {tail}')
        elif line.strip().startswith('File "'):
            frames.append(line.strip())
    return "\n".join(reversed(frames[:_FRAMES]))


def _shapes(loaded: Loaded) -> dict[str, tuple[Any, ...]]:
    return {one.name: one.shape for one in loaded.inputs if one.shape is not None}


def _save(model: Any, target: Path) -> None:
    import onnx_ir as ir

    large = sum(v.const_value.nbytes for v in model.graph.initializers.values()) > EXTERNAL_BYTES
    ir.save(model, target, external_data=f"{target.name}.data" if large else None)


def _modules(loaded: Loaded) -> tuple[Module, ...]:
    """Every module with a class and the parameters that are its own; of an exported program what its graph names."""
    if loaded.exported is not None:
        kinds: dict[str, str] = {}
        for node in loaded.exported.graph.nodes:
            for path, kind in (node.meta.get("nn_module_stack") or {}).values():
                name = kind if isinstance(kind, str) else kind.__qualname__
                kinds.setdefault(path, name.rpartition(".")[2])
        own: dict[str, int] = dict.fromkeys(kinds, 0)
        for path, parameter in loaded.exported.named_parameters():
            holder = path.rpartition(".")[0]
            own[holder] = own.get(holder, 0) + parameter.numel()
        return tuple(Module(path, kinds.get(path, ""), count) for path, count in own.items())
    return tuple(
        Module(
            path,
            str(getattr(module, "original_name", type(module).__name__)),
            sum(parameter.numel() for parameter in module.parameters(recurse=False)),
        )
        for path, module in loaded.module.named_modules()
    )


def _versions() -> dict[str, str]:
    found = {}
    for package in ("torch", "onnxscript", "onnx"):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[package] = importlib.metadata.version(package)
    return found
