"""Whether a ``.pt2`` archive holds a graph of operators and nothing else, before PyTorch reads it.

The format looks like data and is not: PyTorch resolves the target of a node by walking attributes from ``torch`` (and
so reaches ``torch.os.system``), evaluates the expressions of sizes with sympy's parser, executes guards as Python,
writes names into the Python code that it generates, and unpickles what an archive says is pickled. So every such place
is held to what an exported program needs, and anything else is refused.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

from engine.errors import ModelError
from engine.pytorch.archives import Archive
from engine.pytorch.pickles import NotAPickle, scan

MOST_BYTES = 256 << 20
_NAMESPACES = frozenset(("aten", "prims", "higher_order", "quantized_decomposed", "torchvision", "onnx"))
_TOUCHES_FILES = frozenset(("from_file", "save", "load"))
_OPERATOR = re.compile(r"torch\.ops\.(\w+)\.(\w+)(\.\w+)?")
_SYMBOLIC = re.compile(r"(_operator|math)\.[a-z]\w*|torch\.sym_[a-z]+|torch\._sym_[a-z]+")
_NO_FUNCTIONS = frozenset(("_operator.attrgetter", "_operator.methodcaller", "_operator.call"))
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
_CLASSES = re.compile(r"builtins\.(tuple|list|dict|NoneType)|collections\.OrderedDict|None|")
_FUNCTIONS = re.compile(
    "FloorDiv|ModularIndexing|Where|PythonMod|Mod|CleanDiv|CeilToInt|FloorToInt|CeilDiv|LShift|RShift|PowByNatural|"
    "FloatPow|FloatTrueDiv|IntTrueDiv|IsNonOverlappingAndDenseIndicator|TruncToFloat|TruncToInt|RoundToInt|RoundDecimal|"
    "ToFloat|Identity|Max|Min|Eq|Ne|Lt|Le|Gt|Ge|And|Or|Not|floor|ceiling|Abs|Piecewise|Symbol|Add|Mul|Pow|Integer|Rational"
)
_POWERS = ("Pow", "PowByNatural", "FloatPow", "LShift")
_MOST_POWERS, _LARGEST_POWER = 4, 16
"""What sympy would compute at once: powers of powers of numbers have no end."""
_EXPRESSION = (ast.Expression, ast.Name, ast.Constant, ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp, ast.Call,
               ast.operator, ast.unaryop, ast.cmpop, ast.boolop, ast.expr_context, ast.Tuple)  # fmt: skip


def check_exported(archive: Archive) -> None:
    """Nothing where the archive is sound.

    Raises:
        ModelError: it holds what loading would execute or unpickle.
    """
    where = str(archive.path)
    for name in archive.sizes:
        if name.endswith((".so", ".dll", ".dylib", ".cubin")) or name.startswith("data/aotinductor/"):
            raise _refused("it holds compiled code", name, where)
        if any(part.startswith(("custom_obj_", "opaque_obj_")) for part in name.split("/")):
            raise _refused("it holds pickled objects", name, where)
        if name.endswith((".pt", ".pkl")) or name.startswith("data/constants/tensor_"):
            _check_pickle(archive, name)
        elif name.endswith(".json"):
            _check_json(archive, name)
    for name in archive.sizes:
        if name.endswith("_config.json"):
            for entry in _pickled_entries(archive, name):
                _check_pickle(archive, entry)


def _refused(what: str, place: str, where: str) -> ModelError:
    return ModelError(
        f"{what} ({place}), which loading would run; it is not loaded",
        where=where,
        way_out="Programs written by torch.export.save from plain modules hold none.",
    )


def _check_pickle(archive: Archive, name: str) -> None:
    """Tensors that PyTorch pickles must be readable with ``weights_only``."""
    import io
    import zipfile

    content = archive.read(name, MOST_BYTES)
    if not content:
        return
    if content.startswith(b"PK"):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as inner:
                pickles = [inner.read(entry) for entry in inner.namelist() if entry.endswith("data.pkl")]
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError) as error:
            raise ModelError(f"its entry {name!r} is damaged: {error}", where=str(archive.path)) from None
    elif content.startswith(b"\x80"):
        pickles = [content]
    else:
        return  # the bytes of a tensor
    for pickle in pickles:
        try:
            foreign = scan(pickle).foreign
        except NotAPickle as error:
            raise ModelError(f"its entry {name!r} is damaged: {error}", where=str(archive.path)) from None
        if foreign:
            raise _refused(f"it holds a pickle that names {', '.join(foreign[:3])}", name, str(archive.path))


def _pickled_entries(archive: Archive, config: str) -> Iterator[str]:
    folder = config.rpartition("/")[0]
    content = json.loads(archive.read(config, MOST_BYTES))
    for entry in content.get("config", {}).values():
        path = f"{folder}/{entry.get('path_name')}"
        if entry.get("use_pickle") and path in archive.sizes:
            yield path


def _check_json(archive: Archive, name: str) -> None:
    where = str(archive.path)
    try:
        content = json.loads(archive.read(name, MOST_BYTES))
    except (ValueError, RecursionError) as error:
        raise ModelError(f"its entry {name!r} is damaged: {error}", where=where) from None
    if name.startswith(("models/", "serialized_exported_program")):
        try:
            for fault in _faults(content):
                raise _refused(fault, name, where)
        except RecursionError:
            raise ModelError(f"its entry {name!r} is nested too deeply", where=where) from None


def _faults(value: Any) -> Iterator[str]:
    """What is not as an exported program needs it."""
    if isinstance(value, list):
        for item in value:
            yield from _faults(item)
    if not isinstance(value, dict):
        return
    for key, item in value.items():
        if key == "guards_code":
            continue  # taken out before anything could execute it
        if key == "target" and isinstance(item, str):
            yield from _target_faults(item)
        elif key in ("expr_str", "expr") and isinstance(item, str):
            yield from _expression_faults(item)
        elif key in ("name", "parameter_name", "buffer_name", "tensor_constant_name", "graph_name", "user_input_name"):
            if isinstance(item, str) and not _IDENTIFIER.fullmatch(item or "_"):
                yield f"a name in it is no name: {item[:60]!r}"
        elif key == "forward_arg_names" and isinstance(item, list):
            if not all(isinstance(name, str) and _IDENTIFIER.fullmatch(name) for name in item):
                yield "an argument's name in it is no name"
        elif key in ("in_spec", "out_spec") and isinstance(item, str) and item:
            yield from _spec_faults(json.loads(item))
        elif key in ("range_constraints", "tensor_values", "sym_int_values", "sym_bool_values", "sym_float_values"):
            if isinstance(item, dict) and not all(_is_symbol(name) for name in item):
                yield f"a symbol in its {key} is no name"
            yield from _faults(item)
        else:
            yield from _faults(item)


def _is_symbol(name: object) -> bool:
    return isinstance(name, str) and (_IDENTIFIER.fullmatch(name) is not None or not any(_expression_faults(name)))


def _target_faults(target: str) -> Iterator[str]:
    operator = _OPERATOR.fullmatch(target)
    if operator is not None and operator[1] in _NAMESPACES and operator[2] not in _TOUCHES_FILES:
        return
    if operator is None and _SYMBOLIC.fullmatch(target) and target not in _NO_FUNCTIONS and "__" not in target:
        return
    if operator is not None and operator[1] not in _NAMESPACES:
        yield f"it calls the custom operator {target[:80]!r}"
    else:
        yield f"it calls {target[:80]!r}, which is no operator"


def _expression_faults(text: str) -> Iterator[str]:
    try:
        tree = ast.parse(text.strip() or "0", mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        yield f"a size in it is no expression: {text[:60]!r}"
        return
    powers = 0
    for node in ast.walk(tree):
        fine = isinstance(node, _EXPRESSION)
        if isinstance(node, ast.Call):
            fine = isinstance(node.func, ast.Name) and _FUNCTIONS.fullmatch(node.func.id) is not None
        elif isinstance(node, ast.keyword):
            fine = isinstance(node.value, ast.Constant) and isinstance(node.value.value, bool)
        elif isinstance(node, ast.Constant):
            fine = (isinstance(node.value, (int, float)) and abs(node.value) < 2**63) or _is_plain_word(node.value)
        elif isinstance(node, ast.Name):
            fine = "__" not in node.id
        power = _exponent(node)
        if power is not None:
            powers += 1
            fine = fine and powers <= _MOST_POWERS and _is_small(power)
        if not fine:
            yield f"a size in it is more than an expression: {text[:60]!r}"
            return


def _exponent(node: ast.AST) -> ast.expr | None:
    """Of a power, in either way of writing."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Pow, ast.LShift)):
        return node.right
    named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _POWERS
    return node.args[1] if named and isinstance(node, ast.Call) and len(node.args) > 1 else None


def _is_small(exponent: ast.expr) -> bool:
    """A small number, or a symbol, of which nothing can be computed."""
    if isinstance(exponent, ast.Call) and isinstance(exponent.func, ast.Name) and len(exponent.args) == 1:
        if exponent.func.id == "Symbol":
            return True
        exponent = exponent.args[0] if exponent.func.id == "Integer" else exponent
    if isinstance(exponent, ast.UnaryOp) and isinstance(exponent.op, ast.USub):
        exponent = exponent.operand
    return isinstance(exponent, ast.Constant) and isinstance(exponent.value, int) and exponent.value < _LARGEST_POWER


def _is_plain_word(value: object) -> bool:
    """As in ``Symbol('s77')``; sympy reads such a word once more."""
    return isinstance(value, str) and re.fullmatch(r"[a-z]+[0-9]+", value) is not None


def _spec_faults(spec: Any) -> Iterator[str]:
    if isinstance(spec, list):
        for item in spec:
            yield from _spec_faults(item)
    elif isinstance(spec, dict):
        kind = spec.get("type")
        if not _CLASSES.fullmatch(str(kind)):
            yield f"its inputs are of the class {str(kind)[:60]!r}"
        if isinstance(spec.get("context"), str) and "__" in spec["context"]:
            yield "the structure of its inputs is of a class of its own"
        yield from _spec_faults(spec.get("children_spec", []))
