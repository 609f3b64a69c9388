"""Samples from ONNX test data: folders ``test_data_set_K`` with ``input_J.pb``, as the ONNX model zoo has them.

Each folder is one sample and its tensors are fed as they are, whatever the batch size. A tensor belongs to the input
whose name it has, otherwise to the J-th input. The expected outputs (``output_J.pb``) are not used: a comparison has
two models to compare.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from engine.backend import Array, Feeds
from engine.data.choose import choose
from engine.data.fitting import cast, check_castable, matches, shape_text
from engine.data.samples import stamp
from engine.errors import DataError
from engine.graph.values import ValueInfo

_FOLDER = re.compile(r"test_data_set_(\d+)")
_INPUT = re.compile(r"input_(\d+)\.pb")


@dataclass(frozen=True, slots=True, eq=False)
class OnnxSets:
    """One folder, one sample, one feed."""

    folders: tuple[Path, ...]
    inputs: tuple[ValueInfo, ...]
    given: Mapping[str, Array]
    labels: None = None
    group: int | None = 1
    kind: Literal["data"] = "data"

    @property
    def fingerprint(self) -> str:
        files = [(folder.name, stamp(_files(folder))) for folder in self.folders]
        digest = hashlib.sha256(repr((files, self.inputs)).encode())
        for name, value in sorted(self.given.items()):
            digest.update(name.encode() + value.tobytes())
        return digest.hexdigest()

    def __len__(self) -> int:
        return len(self.folders)

    def batches(self, size: int) -> Iterator[Feeds]:
        for folder in self.folders:
            yield {**self.given, **_feeds(folder, self.inputs)}


def folders_of(path: Path) -> list[Path]:
    """The test data sets in a folder, or the folder itself where it is one."""
    found = [(int(m[1]), p) for p in path.iterdir() if (m := _FOLDER.fullmatch(p.name)) and p.is_dir()]
    if found:
        return [folder for _, folder in sorted(found)]
    return [path] if _files(path) else []


def open_onnx_sets(
    folders: Sequence[Path],
    inputs: Sequence[ValueInfo],
    *,
    samples: int | None,
    seed: int,
    given: Mapping[str, Array] | None = None,
) -> OnnxSets:
    """The samples of these folders.

    Raises:
        DataError: the first one does not fit the model.
    """
    given = given or {}
    chosen = choose(len(folders), None, samples, seed)
    wanted = tuple(info for info in inputs if info.name not in given)
    found = OnnxSets(tuple(folders[i] for i in chosen), wanted, given)
    next(found.batches(1))
    return found


def _files(folder: Path) -> list[Path]:
    found = [(int(m[1]), p) for p in folder.iterdir() if (m := _INPUT.fullmatch(p.name))]
    return [path for _, path in sorted(found)]


def _feeds(folder: Path, inputs: Sequence[ValueInfo]) -> dict[str, Array]:
    files = _files(folder)
    tensors = [_tensor(path) for path in files]
    by_name = {name: (path, array) for path, (name, array) in zip(files, tensors, strict=True)}
    feeds = {}
    for number, info in enumerate(inputs):
        if info.name in by_name:
            path, array = by_name[info.name]
        elif number < len(files):
            path, (_, array) = files[number], tensors[number]
        else:
            raise DataError(
                f"has {len(files)} inputs and the model takes {len(inputs)}: nothing for {info.name!r}",
                where=str(folder),
                way_out=f"Add input_{number}.pb, or give it with --input {info.name}=VALUE.",
            )
        check_castable(array.dtype, info, str(path))
        if not matches(array.shape, info.shape):
            raise DataError(
                f"has shape {list(array.shape)}, and the model's input {info.name!r} takes {shape_text(info)}",
                where=str(path),
            )
        feeds[info.name] = cast(array, info, str(path))
    return feeds


def _tensor(path: Path) -> tuple[str, Array]:
    import onnx
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

    tensor = onnx.TensorProto()
    try:
        tensor.ParseFromString(path.read_bytes())
        if tensor.data_location == onnx.TensorProto.EXTERNAL:
            raise ValueError("its values are in another file")
        array = onnx.numpy_helper.to_array(tensor)
    except (OSError, DecodeError, ValueError, TypeError, KeyError) as error:
        raise DataError(
            f"is no readable ONNX tensor: {error}",
            where=str(path),
            way_out="Write it with onnx.numpy_helper.from_array(...).SerializeToString().",
        ) from error
    return tensor.name, array
