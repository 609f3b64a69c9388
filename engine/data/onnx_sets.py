"""Samples from ONNX test data: folders ``test_data_set_K`` with ``input_J.pb``, as the ONNX model zoo has them.

Each folder is one sample and its tensors are fed as they are, whatever the batch size. A tensor belongs to the input
whose name it has, otherwise to the J-th input. The expected outputs (``output_J.pb``) are not used: a comparison has
two models to compare.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from engine.backend import Array, Feeds
from engine.data.ahead import ahead
from engine.data.cleaning import (
    INFINITE,
    MISSING,
    SHAPE,
    TYPE,
    UNREADABLE,
    Fault,
    Good,
    Verdict,
    digest_of,
    good_samples,
)
from engine.data.fitting import cast, castable, matches, shape_text, type_text, unfit
from engine.data.options import DataOptions
from engine.data.samples import stamp
from engine.errors import DataError
from engine.graph.values import ValueInfo
from engine.progress import Progress

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
    good: Good | None = None
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
        return ahead(self._read)

    def take(self, places: Sequence[int]) -> OnnxSets:
        """Some of the samples, by their places among these."""
        good = None if self.good is None else self.good.take(places)
        return replace(self, folders=tuple(self.folders[place] for place in places), good=good)

    def _read(self) -> Iterator[Feeds]:
        for folder in self.folders:
            feeds = _feeds(folder, self.inputs)
            if isinstance(feeds, Fault):
                raise DataError(feeds.detail, where=str(folder))
            yield {**self.given, **{info.name: cast(feeds[info.name], info, str(folder)) for info in self.inputs}}


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
    options: DataOptions | None = None,
    progress: Progress | None = None,
) -> OnnxSets:
    """The samples of these folders.

    Raises:
        DataError: none of them fits the model, or one that does not is refused.
    """
    given, options = given or {}, options or DataOptions()
    wanted = tuple(info for info in inputs if info.name not in given)
    good = good_samples(
        len(folders),
        wanted=samples,
        seed=seed,
        labels=None,
        known={},
        look=lambda indices: _look([folders[index] for index in indices], wanted, options),
        name=lambda index: folders[index].name,
        group=None,
        options=options,
        progress=progress or Progress(),
        where=str(folders[0].parent),
    )
    return OnnxSets(tuple(folders[index] for index in good.indices), wanted, given, good=good)


def _look(folders: Sequence[Path], inputs: Sequence[ValueInfo], options: DataOptions) -> Generator[Verdict, None, None]:
    for folder in folders:
        feeds = _feeds(folder, inputs)
        if isinstance(feeds, Fault):
            yield Verdict(b"", feeds)
            continue
        faults = [fault for info in inputs if (fault := unfit(feeds[info.name], info)) is not None]
        fault = next((f for f in faults if not (options.infinite and f.reason == INFINITE)), None)
        yield Verdict(digest_of(feeds[info.name] for info in inputs), fault)


def _files(folder: Path) -> list[Path]:
    found = [(int(m[1]), p) for p in folder.iterdir() if (m := _INPUT.fullmatch(p.name))]
    return [path for _, path in sorted(found)]


def _feeds(folder: Path, inputs: Sequence[ValueInfo]) -> dict[str, Array] | Fault:
    """The tensors as they are stored, or why they cannot be fed."""
    files = _files(folder)
    tensors: list[tuple[str, Array]] = []
    for path in files:
        tensor = _tensor(path)
        if isinstance(tensor, Fault):
            return tensor
        tensors.append(tensor)
    named = dict(tensors)
    feeds = {}
    for number, info in enumerate(inputs):
        array = named.get(info.name, tensors[number][1] if number < len(tensors) else None)
        if array is None:
            said = f"{len(files)} inputs where the model takes {len(inputs)}: nothing for {info.name!r}"
            return Fault(MISSING, f"{said}; add input_{number}.pb, or give it with --input {info.name}=VALUE")
        if not castable(array.dtype, info):
            return Fault(TYPE, f"{info.name!r} holds {array.dtype.name}, and the input takes {type_text(info)}")
        if not matches(array.shape, info.shape):
            return Fault(SHAPE, f"{info.name!r} has {list(array.shape)}, and the input takes {shape_text(info)}")
        feeds[info.name] = array
    return feeds


def _tensor(path: Path) -> tuple[str, Array] | Fault:
    import numpy as np
    import onnx
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

    tensor = onnx.TensorProto()
    try:
        tensor.ParseFromString(path.read_bytes())
        if tensor.data_location == onnx.TensorProto.EXTERNAL:
            raise ValueError("its values are in another file")
        array = onnx.numpy_helper.to_array(tensor)
    except (OSError, DecodeError, ValueError, TypeError, KeyError) as error:
        return Fault(UNREADABLE, f"{path.name}: is no readable ONNX tensor: {error}")
    if array.dtype == object:  # strings, which ONNX keeps as bytes
        texts = [text.decode(errors="replace") if isinstance(text, bytes) else str(text) for text in array.reshape(-1)]
        array = np.array(texts, np.str_).reshape(array.shape)
    return tensor.name, array
