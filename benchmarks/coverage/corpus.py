"""The models: those of the shared folder, and all of the ``onnx`` package's own test data.

The package keeps small nets, light versions of the model zoo and converted PyTorch modules as files; the models of its
operator tests it makes anew each time, with their inputs.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.subject import SHARED

NODE = "node"
_SUFFIXES = (".onnx", ".pt", ".pt2", ".jit", ".onnxtxt", ".ort")


@dataclass(frozen=True, slots=True)
class Entry:
    """A model; ``data`` is a folder of ``test_data_set_*`` where there is one."""

    group: str
    name: str
    path: Path
    data: Path | None = None


def corpus(folder: Path) -> list[Entry]:
    """All of them; what exists in memory only is written into the folder."""
    return [*shared_models(), *packaged(), *node_tests(folder)]


def shared_models(shared: Path = SHARED) -> Iterator[Entry]:
    root = shared / "models"
    for path in sorted(root.rglob("*")):
        if path.suffix in _SUFFIXES and path.is_file():
            yield Entry("shared", str(path.relative_to(root)), path)


def packaged() -> Iterator[Entry]:
    """The files of the ``onnx`` package."""
    import onnx

    root = Path(onnx.__file__).parent / "backend" / "test" / "data"
    for path in sorted(root.rglob("*.onnx")):
        group, *rest = list(path.relative_to(root).parts)
        own = path.name == "model.onnx"
        data = path.parent if own and (path.parent / "test_data_set_0").is_dir() else None
        yield Entry(group, rest[0] if own else path.stem, path, data)


def node_tests(folder: Path) -> Iterator[Entry]:
    """The operator tests of the ``onnx`` package, with their inputs."""
    from onnx.backend.test.case.node import collect_testcases

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cases = collect_testcases(None)
    for case in cases:
        path = folder / case.name / "model.onnx"
        path.parent.mkdir()
        assert case.model is not None
        path.write_bytes(case.model.SerializeToString())
        written = _write_inputs(path.parent / "test_data_set_0", case)
        yield Entry(NODE, case.name, path, path.parent if written else None)


def _write_inputs(folder: Path, case: object) -> bool:
    """The inputs of the first data set, where all of them are tensors."""
    import numpy as np
    import onnx

    sets: Any = getattr(case, "data_sets", None) or ()
    inputs = [np.asarray(array) for array in sets[0][0] if isinstance(array, np.ndarray | np.generic)] if sets else []
    if not inputs or len(inputs) != len(sets[0][0]):
        return False
    folder.mkdir()
    names = [value.name for value in case.model.graph.input]  # type: ignore[attr-defined]
    for number, (name, array) in enumerate(zip(names, inputs, strict=False)):
        tensor = onnx.numpy_helper.from_array(array, name)
        (folder / f"input_{number}.pb").write_bytes(tensor.SerializeToString())
    return True
