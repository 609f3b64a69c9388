"""Write a treated model to a file that has been checked: aside, check, load, compare, then move into place.

The new file (and its external data, where it needs any) is written into a fresh folder beside the target, on the same
file system. There it must pass ONNX's checker, hold the weights that it was made from, load in the runtime and give
exactly the outputs of the model in memory; and the cleaned float model must agree with the source. Only then is it
moved over the target. Whatever fails or stops before that leaves the target as it was and nothing else behind.

The file says where it came from in its metadata: ``lathe.recipe`` (JSON), ``lathe.version``, ``lathe.source`` and,
where the source is still there as it was opened, ``lathe.source_sha256``. The same recipe on the same source gives the
same bytes.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from engine import __version__
from engine.backend import Runtime, SessionRequest
from engine.data.samples import Head, Samples
from engine.errors import CheckError, DeviceError
from engine.format import Source, changed_files, files_of
from engine.graph.structure import graphs
from engine.profiling.handover import Handover, apart
from engine.progress import Progress
from engine.recipe import Recipe
from engine.targets import check_target, disk_faults
from engine.verification.compare import Comparison, compare, compare_files

if TYPE_CHECKING:
    import onnx_ir as ir

EMBED_BYTES = 1_900_000_000
"""Weights beyond this go to a file beside the model: one protobuf message ends at 2 GiB."""
PARITY_SAMPLES = 4
PARITY_DB = 40.0
"""Cleaning changes rounding only, 100 dB and more in float32; half-precision models come down to some 50."""
MANY_NODES = 20_000
"""From here on both sides of a check run without the optimizations that fuse: their time grows with the square of the
number of nodes (ONNX Runtime 1.31: 2.5 s for 10,000 nodes, 19 s for 40,000, minutes for 100,000; 2.4 s without)."""
_EXTERNAL_TENSOR_BYTES = 1024
_BLOCK_BYTES = 1 << 22


class Treatment(Protocol):
    """What is exported: ``engine.apply.Applied``."""

    @property
    def model(self) -> ir.Model: ...
    @property
    def cleaned(self) -> ir.Model: ...


@dataclass(frozen=True, slots=True)
class Exported:
    """``checks`` as the command line prints them; ``file_bytes`` with external data."""

    path: Path
    file_bytes: int
    checks: dict[str, Any]


def export(
    treatment: Treatment,
    path: Path,
    *,
    source: Source,
    recipe: Recipe,
    runtime: Runtime,
    samples: Samples,
    progress: Progress,
    external: bool = False,
) -> Exported:
    """Check and write the treated model to ``path``; ``external`` puts its weights into ``<name>.data`` beside it.

    Raises:
        UsageError: the target is the source, is no file, or cannot be written.
        CheckError: a check failed, or the disk is full; the target is as it was.
        DeviceError: the device cannot run the source.
    """
    target = _target(path, source)
    changed = changed_files(source)
    for file in changed:
        if file != source.path:  # its own was read whole, of these parts are read when they are used
            raise CheckError(
                "this file of weights is not there any more as it was opened; nothing was written",
                where=str(file),
                way_out="Put it back, or open the model again.",
            )
    few = Head(samples, PARITY_SAMPLES)
    progress.step("comparing the cleaned model with the source")
    parity = _parity(source, treatment.cleaned, runtime, few, progress)
    external = external or _weight_bytes(treatment.model) > EMBED_BYTES
    with _aside(target) as folder:
        progress.step(f"writing {target.name}")
        written = folder / target.name
        with disk_faults(source.path):
            marked = _with_metadata(treatment.model, source, recipe, unchanged=source.path not in changed)
        with disk_faults(target):
            _write(marked, written, external=external)
        progress.step(f"checking {target.name}")
        _check_weights(treatment.model, written)
        full = runtime.host.call(_check_file, str(written), progress=progress)
        request = SessionRequest(written, runtime.settings, weights=folder)
        try:
            progress.step("loading the exported file")
            same = _reproduction(treatment.model, request, runtime, Head(samples, 1), progress)
        except DeviceError as error:
            raise CheckError(f"the exported file does not run: {error.what}", where=str(path)) from error
        progress.check()
        with disk_faults(target):
            _move(folder, target)
    names = (target, _data_file(target)) if external else (target,)
    return Exported(
        path,
        sum(name.stat().st_size for name in names if name.exists()),
        {
            "checker": True,
            "shapes_inferred": full,
            "loads": True,
            "parity": parity,
            "reproduces": _difference(same),
            "source_unchanged": source.path not in changed,
        },
    )


def _target(path: Path, source: Source) -> Path:
    """The real path to write to.

    Raises:
        UsageError: writing there, or its weights beside it, would damage the source or cannot work.
    """
    kept = files_of(source)
    target = check_target(path, kept)
    check_target(_data_file(target), kept)
    return target


def _tensors(model: ir.Model) -> dict[tuple[int, str], ir.TensorProtocol]:
    """Every initializer, by the number of its graph and its name."""
    return {
        (number, name): value.const_value
        for number, graph in enumerate(model.graphs())
        for name, value in graph.initializers.items()
        if value.const_value is not None
    }


def _weight_bytes(model: ir.Model) -> int:
    return sum(tensor.nbytes for tensor in _tensors(model).values())


def _data_file(target: Path) -> Path:
    return target.with_name(f"{target.name}.data")


def _parity(
    source: Source,
    cleaned: ir.Model,
    runtime: Runtime,
    samples: Samples,
    progress: Progress,
) -> dict[str, Any]:
    """How far the cleaned float model is from the source, as ``checks`` say it.

    Raises:
        CheckError: too far for rounding.
        DeviceError: neither runs.
    """
    basic = _has_many_nodes(source.model)
    try:
        found = compare(source.model, cleaned, runtime, samples, progress, precise=True, basic=basic)
    except DeviceError as error:
        # Cleaning mends some models that no runtime takes, those with duplicate node names for instance.
        compare(cleaned, cleaned, runtime, samples, progress, basic=basic)
        return {"max_abs_error": None, "exact": False, "reason": f"the source does not run: {error.what}"}
    if _worst_db(found) < PARITY_DB:
        again = compare(source.model, source.model, runtime, samples, progress, precise=True, basic=basic)
        # A model that draws random numbers does not agree with itself either.
        if _worst_db(again) >= PARITY_DB:
            raise CheckError(
                f"the cleaned model disagrees with the source: {_worst_db(found):.1f} dB, largest error "
                f"{found.max_abs_error:.3g}",
                where=str(source.path),
                way_out="Export without cleaning (--no-clean) and report this model: cleaning must not change results.",
            )
    return _difference(found)


def _worst_db(comparison: Comparison) -> float:
    return min((output.sqnr_db for output in comparison.outputs), default=math.inf)


@contextmanager
def _aside(target: Path) -> Iterator[Path]:
    """A fresh folder beside the target, gone afterwards."""
    with disk_faults(target):
        folder = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _with_metadata(model: ir.Model, source: Source, recipe: Recipe, *, unchanged: bool) -> ir.Model:
    marked = model.clone()
    marked.metadata_props.update(
        {
            "lathe.recipe": json.dumps(recipe.to_json(), sort_keys=True),
            "lathe.version": __version__,
            "lathe.source": source.path.name.encode(errors="replace").decode(),
        }
    )
    if unchanged:
        marked.metadata_props["lathe.source_sha256"] = _sha256(source.path)
    return marked


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _write(model: ir.Model, path: Path, *, external: bool) -> None:
    import onnx_ir as ir

    if external:
        ir.save(model, path, external_data=_data_file(path).name, size_threshold_bytes=_EXTERNAL_TENSOR_BYTES)
    else:
        ir.external_data.load_to_model(model)
        path.write_bytes(ir.to_proto(model).SerializeToString(deterministic=True))
    for file in path.parent.iterdir():
        with file.open("r+b") as stream:
            os.fsync(stream.fileno())


def _check_weights(model: ir.Model, path: Path) -> None:
    """Every weight in the file is, byte for byte, the one in memory.

    Raises:
        CheckError: it is not; what was written is damaged.
    """
    import onnx_ir as ir

    wanted, found = _tensors(model), _tensors(ir.load(path))
    for key, tensor in wanted.items():
        if key not in found or not _same_bytes(tensor, found[key]):
            raise CheckError(
                f"weight {key[1]!r} did not arrive in the file as it was",
                where=str(path.name),
                way_out="Check the disk.",
            )


def _same_bytes(a: ir.TensorProtocol, b: ir.TensorProtocol) -> bool:
    return a.nbytes == b.nbytes and all(x == y for x, y in zip(_blocks(a), _blocks(b), strict=True))


def _blocks(tensor: ir.TensorProtocol) -> Iterator[bytes]:
    """A tensor's bytes, a few megabytes at a time: what lies in a file is read and not mapped, which would keep it."""
    import onnx_ir as ir

    if not isinstance(tensor, ir.ExternalTensor):
        content = memoryview(tensor.tobytes())
        for start in range(0, len(content), _BLOCK_BYTES):
            yield bytes(content[start : start + _BLOCK_BYTES])
        return
    with Path(tensor.path).open("rb") as stream:
        stream.seek(tensor.offset or 0)
        left = tensor.nbytes
        while left > 0 and (block := stream.read(min(left, _BLOCK_BYTES))):
            left -= len(block)
            yield block


def _check_file(path: str, *, progress: Progress) -> bool:
    """ONNX's checker, in the child; whether strict shape inference succeeds as well, which custom ops may prevent.

    Raises:
        CheckError: the checker refuses the file.
    """
    import onnx

    progress.step("running ONNX's checker")
    try:
        onnx.checker.check_model(path)
    except onnx.checker.ValidationError as error:
        raise CheckError(
            f"ONNX's checker refuses the result: {error}",
            where=Path(path).name,
            way_out="Where the checker refuses the source too, mend that first; otherwise treat fewer layers.",
        ) from None
    try:
        onnx.checker.check_model(path, full_check=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError):
        return False
    return True


def _reproduction(
    model: ir.Model, request: SessionRequest, runtime: Runtime, samples: Samples, progress: Progress
) -> Comparison:
    """The file against the model in memory.

    Raises:
        CheckError: they differ, though the model in memory agrees with itself.
    """
    with Handover() as handover:
        memory = SessionRequest(handover.write(model, "model.onnx"), request.settings, weights=handover.weights(model))
        how = partial(compare_files, basic=_has_many_nodes(model), one_by_one=apart(model))
        same = how(memory, request, runtime, samples, progress)
        if not same.exact and how(memory, memory, runtime, samples, progress).exact:
            raise CheckError(
                f"the exported file computes something else than the model: largest error {same.max_abs_error:.3g}",
                where=request.model.name,
                way_out="Report this model: writing must not change results.",
            )
    return same


def _has_many_nodes(model: ir.Model) -> bool:
    return sum(len(graph) for graph in graphs(model)) > MANY_NODES


def _difference(comparison: Comparison) -> dict[str, Any]:
    largest = comparison.max_abs_error
    return {"max_abs_error": largest if math.isfinite(largest) else None, "exact": comparison.exact}


def _move(folder: Path, target: Path) -> None:
    """Data first, the model last; where the model cannot be moved, the data is taken away again."""
    data, place = folder / _data_file(target).name, _data_file(target)
    before = folder / "before"
    moves_data = data.exists()
    if moves_data:
        if place.exists():
            place.replace(before)
        data.replace(place)
    try:
        (folder / target.name).replace(target)
    except OSError:
        if before.exists():
            before.replace(place)
        elif moves_data:
            place.unlink()
        raise
