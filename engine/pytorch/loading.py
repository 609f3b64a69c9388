"""Loads a program; the child process only.

Archives are checked once more here, right before PyTorch reads them, and the file must be the one that was looked at.
While one is read, PyTorch may unpickle nothing but weights (``TORCH_FORCE_WEIGHTS_ONLY_LOAD``). Only a whole-module
pickle and a Python file run foreign code, and only where the user has said yes to that very file.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import importlib.util
import inspect
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from engine.errors import EngineError, ModelError
from engine.graph.values import Dim
from engine.program import Program
from engine.pytorch.archives import read_archive
from engine.pytorch.exported_check import check_exported
from engine.pytorch.faults import cause, ended_itself, first_lines, line_of
from engine.pytorch.script_check import check_script
from engine.pytorch.script_types import indices as indices_of

SEED = 0
"""A Python file may make its weights up; the same ones each time, so that what is measured is what was converted."""
_SCALARS = {"int": "int64", "float": "float32", "bool": "bool"}
_EXAMPLES = ("example_inputs", "get_example_inputs", "sample_inputs", "EXAMPLE_INPUTS")


@dataclass(frozen=True, slots=True)
class ProgramInput:
    """An input as the program takes it.

    Attributes:
        dtype: numpy's name; empty where the program does not say.
        shape: None where the program does not say.
        scalar: "int", "float" or "bool" where it is a Python number and no tensor.
        optional: it may be left out.
    """

    name: str
    dtype: str
    shape: tuple[Dim, ...] | None
    scalar: str = ""
    optional: bool = False


@dataclass(frozen=True)
class Loaded:
    """A program in memory.

    Attributes:
        module: what is called.
        exported: the ``ExportedProgram``, where the file holds one.
        examples: values that the file itself has for its inputs, by name.
        arrange: from one value for each input, in their order, to the arguments of the call.
    """

    module: Any
    inputs: tuple[ProgramInput, ...]
    examples: Mapping[str, Any]
    arrange: Callable[[Sequence[Any]], tuple[tuple[Any, ...], dict[str, Any]]]
    exported: Any = None

    def call(self, values: Sequence[Any]) -> list[Any]:
        """The tensors that come out, nested ones in the order in which PyTorch flattens them."""
        args, kwargs = self.arrange(values)
        return tensors_of(self.module(*args, **kwargs))


def torch() -> Any:
    """PyTorch, imported where it is first needed."""
    return importlib.import_module("torch")


def tensors_of(outputs: Any) -> list[Any]:
    found, _ = importlib.import_module("torch.utils._pytree").tree_flatten(outputs)
    records = {type(value) for value in found if is_dataclass(value) and not isinstance(value, type)}
    if records:
        _register(records)
        return tensors_of(outputs)
    return [value for value in found if isinstance(value, torch().Tensor)]


def register_records(module: str) -> None:
    """Let PyTorch and its exporter look into the dataclasses of a module, which they do not do by themselves."""
    namespace = vars(sys.modules.get(module, sys))
    own = {value for value in namespace.values() if isinstance(value, type) and value.__module__ == module}
    _register({value for value in own if is_dataclass(value) and not issubclass(value, torch().nn.Module)})


def _register(records: Iterable[type]) -> None:
    trees = importlib.import_module("torch.utils._pytree")
    for record in records:
        if record not in trees.SUPPORTED_NODES:
            trees.register_dataclass(record)


def sha256_of(path: Path) -> str:
    """Of a file's content.

    Raises:
        ModelError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"cannot be read: {error.strerror or error}", where=str(path)) from None


def load(program: Program, device: str = "cpu") -> Loaded:
    """Load a program for inference.

    Raises:
        ModelError: the file has changed, is broken, or PyTorch cannot load it.
    """
    where = str(program.path)
    if sha256_of(program.path) != program.sha256:
        raise ModelError("the file has changed since it was opened", where=where, way_out="Open it again.")
    try:
        if program.kind == "exported":
            found = _exported(program.path)
        elif program.kind == "torchscript":
            found = _script(program.path)
        else:
            assert program.trusted, "code of a file that nobody has said yes to"
            found = _pickled(program.path) if program.kind == "module" else _built(program)
        return on_device(_typed(found, program), device)
    except EngineError:
        raise
    except SystemExit as error:
        raise ended_itself(program, error, "loaded") from None
    except Exception as error:  # whatever PyTorch, or the user's own code, raises is the file's fault
        if line_of(error, program):
            raise ModelError(f"its code raised {cause(error, program)}", where=where) from error
        raise ModelError(f"PyTorch cannot load it: {first_lines(error)}", where=where) from error


def _typed(loaded: Loaded, program: Program) -> Loaded:
    """Where the program does not say an element type, the one of the file that the user gives counts.

    Not float64, which numpy makes of everything: such a file is rounded to what the program takes.
    """
    inputs = []
    for one in loaded.inputs:
        text = program.values.get(one.name, "")
        if one.shape is None and not one.scalar and text.endswith(".npy"):
            with contextlib.suppress(OSError, ValueError, EOFError):  # said where the values are read
                given = np.load(text, mmap_mode="r", allow_pickle=False).dtype
                if given.kind in "iub" or given == np.float16:
                    one = replace(one, dtype=given.name)
        inputs.append(one)
    return replace(loaded, inputs=tuple(inputs))


def on_device(loaded: Loaded, device: str) -> Loaded:
    if device == "cpu":
        return loaded
    module = loaded.module.to(device)
    examples = {n: v.to(device) if hasattr(v, "to") else v for n, v in loaded.examples.items()}
    return Loaded(module, loaded.inputs, examples, loaded.arrange, loaded.exported)


# -- archives ------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _weights_only() -> Iterator[None]:
    """PyTorch's own readers ask ``torch.load`` for more than weights here and there; this overrules them."""
    name = "TORCH_FORCE_WEIGHTS_ONLY_LOAD"
    before = os.environ.get(name)
    os.environ[name] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def _exported(path: Path) -> Loaded:
    check_exported(read_archive(path))
    with _weights_only():
        program = importlib.import_module("torch.export").load(str(path))
    program._guards_code = []  # Python that would be executed
    return of_exported(program)


def of_exported(program: Any) -> Loaded:
    """An ``ExportedProgram``, as a file holds it or as it was just made."""
    pytree = importlib.import_module("torch.utils._pytree")
    spec = program.call_spec.in_spec
    names = list(program.graph_signature.user_inputs)
    nodes = {node.name: node for node in program.graph.nodes if node.op == "placeholder"}
    flat: list[Any] = []
    if program.example_inputs is not None:
        flat, _ = pytree.tree_flatten(program.example_inputs)
    inputs, order, examples = [], [], {}
    for number, name in enumerate(names):
        key = name if isinstance(name, str) else f"input_{number}"
        value = nodes[name].meta.get("val") if isinstance(name, str) and name in nodes else name
        order.append(key)
        if isinstance(value, torch().Tensor):
            inputs.append(ProgramInput(key, dtype_name(value.dtype), _symbolic(value.shape)))
        elif type(value).__name__ in ("int", "float", "bool", "SymInt", "SymFloat", "SymBool"):
            kind = type(value).__name__.lower().removeprefix("sym")
            inputs.append(ProgramInput(key, _SCALARS[kind], (), kind, optional=True))
        if number < len(flat):
            examples[key] = flat[number]
    given = {one.name: place for place, one in enumerate(inputs)}

    def arrange(values: Sequence[Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        every = [values[given[key]] if key in given else examples.get(key) for key in order]
        args, kwargs = pytree.tree_unflatten(every, spec)
        return tuple(args), dict(kwargs)

    module = program.module(check_guards=False)
    return Loaded(module, tuple(inputs), examples, arrange, program)


def _symbolic(shape: Any) -> tuple[Dim, ...]:
    return tuple(size if type(size) is int else str(size) for size in shape)


def dtype_name(dtype: Any) -> str:
    """numpy's name of a PyTorch dtype: "torch.float32" is "float32"."""
    return str(dtype).removeprefix("torch.")


def _script(path: Path) -> Loaded:
    check_script(read_archive(path))
    with _weights_only():
        module = torch().jit.load(str(path), map_location="cpu")
    module.eval()
    schema = module.forward.schema
    inputs: list[ProgramInput] = []
    indices = indices_of(module)
    for number, argument in enumerate(schema.arguments[1:]):
        kind = str(argument.type)
        optional = argument.has_default_value()
        if kind in ("Tensor", "Optional[Tensor]"):
            dtype = "int64" if number in indices else ""
            inputs.append(ProgramInput(argument.name, dtype, None, optional=optional or kind != "Tensor"))
        elif kind in _SCALARS:
            inputs.append(ProgramInput(argument.name, _SCALARS[kind], (), kind, optional=optional))
        elif not optional:
            raise ModelError(
                f"its input {argument.name!r} is of the type {kind}, which cannot be given from outside",
                where=str(path),
                way_out="Wrap the module in one that takes tensors and numbers, and script or trace that.",
            )
        else:
            break
    return Loaded(module, tuple(inputs), {}, lambda values: (tuple(values), {}))


# -- foreign code --------------------------------------------------------------------------------------------------


def _pickled(path: Path) -> Loaded:
    sys.path.insert(0, str(path.parent))  # the classes are most often in a file beside it
    module = torch().load(str(path), map_location="cpu", weights_only=False)
    return _eager(module, None, path)


def _built(program: Program) -> Loaded:
    torch().manual_seed(SEED)
    np.random.seed(SEED)
    sys.path.insert(0, str(program.path.parent))
    spec = importlib.util.spec_from_file_location(f"lathe_program_{program.path.stem}", program.path)
    assert spec is not None and spec.loader is not None
    python = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = python
    spec.loader.exec_module(python)
    build = getattr(python, program.function, None)
    if not callable(build):
        raise ModelError(f"it has no function {program.function!r}", where=str(program.path))
    made = build()
    examples = next((getattr(python, name) for name in _EXAMPLES if hasattr(python, name)), None)
    examples = examples() if callable(examples) else examples
    if isinstance(made, tuple) and len(made) == 2:
        made, examples = made
    return _eager(made, examples, program.path)


def _eager(module: Any, examples: Any, path: Path) -> Loaded:
    if not isinstance(module, torch().nn.Module):
        raise ModelError(
            f"what it gives is no torch.nn.Module but {type(module).__name__}",
            where=str(path),
            way_out="The function must return the module, or the module and a tuple of example inputs.",
        )
    if isinstance(module, torch().jit.ScriptModule):
        raise ModelError("it holds a ScriptModule", where=str(path), way_out="Save that with torch.jit.save.")
    module.eval()
    parameters = list(inspect.signature(module.forward).parameters.values())
    known: dict[str, Any] = {}
    if isinstance(examples, Mapping):
        known = dict(examples)
    elif examples is not None:
        args = tuple(examples) if isinstance(examples, (tuple, list)) else (examples,)
        known = {_name(parameters, number): value for number, value in enumerate(args)}
    required = [
        one.name
        for one in parameters
        if one.default is inspect.Parameter.empty
        and one.kind in (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    ]
    pytree = importlib.import_module("torch.utils._pytree")
    order = [*known, *(name for name in required if name not in known)]
    inputs: list[ProgramInput] = []
    flat: dict[str, Any] = {}
    structure = []
    for name in order:
        leaves, spec = pytree.tree_flatten(known[name]) if name in known else ([None], None)
        keys = [name] if len(leaves) == 1 else [f"{name}_{number}" for number in range(len(leaves))]
        taken = []
        for key, leaf in zip(keys, leaves, strict=True):
            if name not in known:
                inputs.append(ProgramInput(key, "", None))
            elif isinstance(leaf, torch().Tensor):
                inputs.append(ProgramInput(key, dtype_name(leaf.dtype), tuple(leaf.shape)))
                flat[key] = leaf
            else:
                flat[key] = leaf
            taken.append(key)
        structure.append((name, tuple(taken), spec))
    given = {one.name: place for place, one in enumerate(inputs)}
    positional = {one.name for one in parameters if one.kind is not inspect.Parameter.KEYWORD_ONLY}

    def arrange(values: Sequence[Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        args: list[Any] = []
        kwargs: dict[str, Any] = {}
        for number, (name, keys, spec) in enumerate(structure):
            leaves = [values[given[key]] if key in given else flat[key] for key in keys]
            value = leaves[0] if spec is None else pytree.tree_unflatten(leaves, spec)
            in_place = number < len(parameters) and _name(parameters, number) == name and name in positional
            if not kwargs and in_place:
                args.append(value)
            else:
                kwargs[name] = value
        return tuple(args), kwargs

    return Loaded(module, tuple(inputs), flat, arrange)


def _name(parameters: Sequence[inspect.Parameter], number: int) -> str:
    if number >= len(parameters) or parameters[number].kind is inspect.Parameter.VAR_POSITIONAL:
        return f"input_{number}"
    return parameters[number].name
