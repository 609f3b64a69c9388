"""What a pickle would do, read without doing it.

A pickle is a program for a small stack machine, and its ``REDUCE`` calls whatever function it names. Here its opcodes
are walked (``pickletools``) over symbols that stand for what each would make; nothing is imported and nothing is
called. That is enough to tell a whole module from weights alone and from anything else, and to list the tensors.
"""

from __future__ import annotations

import pickletools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

MOST_BYTES = 64 << 20
MOST_OPCODES = 5_000_000
_HARMLESS = (
    "torch._utils._rebuild_",
    "torch.storage.",
    "torch.Size",
    "torch.device",
    "torch.serialization._get_layout",
    "torch._tensor._rebuild_",
    "collections.OrderedDict",
    "collections.defaultdict",
    "builtins.set",
    "builtins.dict",
    "_codecs.encode",
    "numpy.core.multiarray._reconstruct",
    "numpy.core.multiarray.scalar",
    "numpy._core.multiarray._reconstruct",
    "numpy._core.multiarray.scalar",
    "numpy.dtype",
    "numpy.ndarray",
)
"""What state dicts are made of; of these, ``weights_only`` of PyTorch takes most."""

Kind = Literal["module", "weights", "checkpoint", "other"]


@dataclass(slots=True)
class _Mark:
    """Where the items of a list, tuple or dict begin on the stack."""


@dataclass(slots=True)
class _Global:
    name: str


@dataclass(slots=True, eq=False)
class _Made:
    """What a call makes: ``of`` is the function or class, ``state`` what is then put into it."""

    of: str
    args: object = ()
    state: object = None
    items: dict[object, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tensor:
    """A tensor in a pickle; its numbers stand elsewhere."""

    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PickleFacts:
    """What was found.

    Attributes:
        kind: a whole module; weights alone; weights with other objects beside them; anything else.
        top: the class of what it holds, "torch.nn.modules.linear.Linear".
        names: every function and class that it names, in the order of the file.
        tensors: by their keys, nested ones joined with dots.
    """

    kind: Kind
    top: str
    names: tuple[str, ...]
    tensors: dict[str, Tensor]

    @property
    def foreign(self) -> tuple[str, ...]:
        """What it names beyond what weights are made of."""
        return tuple(name for name in self.names if not _harmless(name))


class NotAPickle(Exception):
    """The opcodes make no sense, or there are too many of them."""


def scan(content: bytes) -> PickleFacts:
    """Facts of the first pickle in ``content``.

    Raises:
        NotAPickle: it is none, is truncated, or is too long to be looked through.
    """
    if len(content) > MOST_BYTES:
        raise NotAPickle(f"it has more than {MOST_BYTES >> 20} MB of opcodes")
    machine = _Machine()
    try:
        for number, (opcode, argument, _) in enumerate(pickletools.genops(content)):
            if number > MOST_OPCODES:
                raise NotAPickle(f"it has more than {MOST_OPCODES:,} opcodes")
            machine.step(opcode.name, argument)
    except (ValueError, IndexError, KeyError, TypeError, RecursionError, OverflowError) as error:
        raise NotAPickle(str(error).splitlines()[0][:200] if str(error) else "its opcodes make no sense") from None
    return _facts(machine)


def _harmless(name: str) -> bool:
    if name.startswith("torch.") and name.endswith(("Storage", "Tensor")) and name.count(".") == 1:
        return True
    return name.startswith(_HARMLESS) or (name.startswith("torch.") and _DTYPE.fullmatch(name[6:]) is not None)


_DTYPE = re.compile(
    r"b?float\d*(_e\dm\dfn)?|bfloat16|half|double|u?int\d+|q?u?int\d*|bool|long|complex\d+|strided|per_(tensor|channel)_affine"
)


def _facts(machine: _Machine) -> PickleFacts:
    top = machine.stack[-1] if machine.stack else None
    tensors = dict(_tensors(top, "", 0))
    names = tuple(dict.fromkeys(machine.names))
    title = top.of if isinstance(top, _Made) else type(top).__name__
    state = top.state if isinstance(top, _Made) else None
    if isinstance(state, dict) and {"_modules", "_parameters"} <= {key for key in state if isinstance(key, str)}:
        return PickleFacts("module", title, names, {})
    container = isinstance(top, (dict, list, Tensor)) or title == "collections.OrderedDict"
    if container and tensors:
        return PickleFacts("checkpoint" if any(not _harmless(n) for n in names) else "weights", title, names, tensors)
    return PickleFacts("other", title, names, tensors)


def _tensors(value: object, path: str, depth: int) -> Iterator[tuple[str, Tensor]]:
    if isinstance(value, Tensor):
        yield path, value
    items: dict[Any, Any] = value if isinstance(value, dict) else value.items if isinstance(value, _Made) else {}
    if depth < 8:
        for key, inner in items.items():
            yield from _tensors(inner, f"{path}.{key}" if path else str(key), depth + 1)


class _Machine:
    """The stack of symbols; one method for each family of opcodes."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}
        self.names: list[str] = []

    def step(self, name: str, argument: Any) -> None:
        if name in ("PROTO", "FRAME", "STOP"):
            return
        if name == "MARK":
            self.stack.append(_Mark())
        elif name in ("GLOBAL", "STACK_GLOBAL"):
            self._name(name, argument)
        elif name in ("PUT", "BINPUT", "LONG_BINPUT", "MEMOIZE"):
            self.memo[len(self.memo) if argument is None else int(argument)] = self.stack[-1]
        elif name in ("GET", "BINGET", "LONG_BINGET"):
            self.stack.append(self.memo[int(argument)])
        elif name in ("EMPTY_DICT", "DICT", "EMPTY_LIST", "LIST", "EMPTY_TUPLE", "TUPLE", "TUPLE1", "TUPLE2", "TUPLE3",
                      "EMPTY_SET", "FROZENSET"):  # fmt: skip
            self._collect(name)
        elif name in ("APPEND", "APPENDS", "SETITEM", "SETITEMS", "ADDITEMS"):
            self._fill(name)
        elif name in ("REDUCE", "NEWOBJ", "NEWOBJ_EX", "OBJ", "INST", "BUILD"):
            self._call(name, argument)
        elif name == "BINPERSID":
            told = self.stack[-1]
            legacy_class = isinstance(told, tuple) and len(told) > 1 and told[0] == "module"
            self.stack[-1] = told[1] if legacy_class else ("storage", told)
        elif name == "PERSID":
            self.stack.append(("storage", argument))
        elif name == "POP":
            self.stack.pop()
        elif name == "POP_MARK":
            self._items()
        elif name == "DUP":
            self.stack.append(self.stack[-1])
        elif name in ("EXT1", "EXT2", "EXT4"):
            self.names.append(f"copyreg extension {argument}")
            self.stack.append(_Global(self.names[-1]))
        elif name in ("NONE", "NEWTRUE", "NEWFALSE"):
            self.stack.append({"NONE": None, "NEWTRUE": True, "NEWFALSE": False}[name])
        else:
            self.stack.append(argument)

    def _name(self, name: str, argument: Any) -> None:
        if name == "GLOBAL":
            found = str(argument).replace(" ", ".", 1)
        else:
            attribute, module = self.stack.pop(), self.stack.pop()
            found = f"{module}.{attribute}"
        self.stack.append(_Global(self._named(found)))

    def _named(self, name: str) -> str:
        """Noted; older pickles have the names that Python 2 had."""
        self.names.append(name.replace("__builtin__.", "builtins.", 1))
        return self.names[-1]

    def _items(self) -> list[Any]:
        at = max(n for n, value in enumerate(self.stack) if isinstance(value, _Mark))
        items = self.stack[at + 1 :]
        del self.stack[at:]
        return items

    def _collect(self, name: str) -> None:
        if name == "EMPTY_DICT":
            self.stack.append({})
        elif name in ("EMPTY_LIST", "EMPTY_SET"):
            self.stack.append([])
        elif name == "EMPTY_TUPLE":
            self.stack.append(())
        elif name == "DICT":
            items = self._items()
            self.stack.append(dict(zip(map(_key, items[::2]), items[1::2], strict=False)))
        elif name in ("LIST", "FROZENSET"):
            self.stack.append(self._items())
        elif name == "TUPLE":
            self.stack.append(tuple(self._items()))
        else:
            count = int(name[-1])
            items = self.stack[-count:]
            if len(items) < count:
                raise IndexError("too few values on its stack")
            del self.stack[-count:]
            self.stack.append(tuple(items))

    def _fill(self, name: str) -> None:
        count = {"APPEND": 1, "SETITEM": 2}.get(name)
        items = self._items() if count is None else [self.stack.pop() for _ in range(count)][::-1]
        target = self.stack[-1]
        if name.startswith("SETITEM"):
            pairs = dict(zip(map(_key, items[::2]), items[1::2], strict=False))
            into = target.items if isinstance(target, _Made) else target
            if isinstance(into, dict):
                into.update(pairs)
        elif isinstance(target, list):
            target.extend(items)

    def _call(self, name: str, argument: Any) -> None:
        if name == "BUILD":
            state, target = self.stack.pop(), self.stack[-1]
            if isinstance(target, _Made):
                target.state = state[0] if isinstance(state, tuple) and len(state) == 2 and state[0] else state
            return
        if name == "INST":
            args: object = tuple(self._items())
            called: object = _Global(self._named(str(argument).replace(" ", ".", 1)))
        elif name == "OBJ":
            called, *rest = self._items()
            args = tuple(rest)
        else:
            if name == "NEWOBJ_EX":
                self.stack.pop()
            args, called = self.stack.pop(), self.stack.pop()
        self.stack.append(_made(called.name if isinstance(called, _Global) else "something computed", args))


def _made(of: str, args: object) -> object:
    """What the call of a named function with these arguments stands for."""
    given = args if isinstance(args, tuple) else ()
    if of.startswith("torch._utils._rebuild_tensor") and len(given) > 2 and isinstance(given[2], tuple):
        return Tensor(tuple(size for size in given[2] if isinstance(size, int)))
    if of.startswith("torch._utils._rebuild_") and given and isinstance(given[0], Tensor):
        return given[0]
    return _Made(of, args)


def _key(value: object) -> object:
    return value if isinstance(value, (str, int, float, bool, type(None))) else id(value)
