"""The machine's own measured ceilings, through the runtime itself: matrix rate per precision, and bandwidth.

- Rate: a MatMul (m, 1024) x (1024, 1024) and a 3x3 Conv of 128 channels, in float32, float16, bfloat16, and with
  uint8 or int8 activations (what the device has its fast kernels for) and int8 weights in Q/DQ form. The better of the
  two counts, for the precision in which the runtime says that it computed; a file whose kernel the runtime wraps in
  casts or leaves in float says nothing. Where a kernel takes less than a millisecond, eight times as much is given.
- Bandwidth: a Relu over arrays from 1 MiB to far beyond the last-level cache, bytes read and written.

Times are those of the kernel in the runtime's own trace, the best of its runs: a ceiling is what was reached once. The
figures are kept in a file in the user's cache folder, for each device, options, threads, versions and processor; those
of a disturbed machine until they are asked for again, when the better of both count.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.backend import Feeds, Runtime, Session, SessionRequest
from engine.caches import cache_folder
from engine.errors import EngineError
from engine.explain.roofline import Ceilings
from engine.profiling.handover import Handover
from engine.profiling.machine import Disturbance, disturbance, moment
from engine.profiling.processor import processor, threads_of
from engine.profiling.remarks import disturbed
from engine.progress import Progress

if TYPE_CHECKING:
    import onnx_ir as ir

FILE = "ceilings.json"
_VERSION = 1
_RUN_S = 0.15
_MOST_RUNS = 200
_SHORT_US = 1000.0
_LARGEST = 1 << 30
"""Bytes of the largest array that the bandwidth is measured on."""
_SIZES = (1 << 20, 1 << 22, 1 << 24, 1 << 26)


@dataclass(frozen=True, slots=True)
class _Probe:
    """A model to run, with the MACs or bytes of its main kernel."""

    model: ir.Model
    feeds: Feeds
    work: int


@dataclass(frozen=True, slots=True)
class Best:
    """The main kernel of a probe in its best run, what else ran, and what went on beside it."""

    us: float
    precision: str
    others: tuple[str, ...]
    met: Disturbance


def ceilings(runtime: Runtime, progress: Progress, *, cache: Path | None = None) -> Ceilings:
    """From the cache where they were measured before, otherwise measured in the child in a few seconds.

    Args:
        cache: the folder of the cache; None for the user's.
    """
    stored = known_ceilings(runtime, cache=cache)
    if stored is not None and not stored.noisy:
        return stored
    measured = _measure(runtime, progress)
    if stored is not None and measured.noisy:
        measured = _better(stored, measured)
    _write((cache or cache_folder()) / FILE, _key(runtime), measured)
    return measured


def known_ceilings(runtime: Runtime, *, cache: Path | None = None) -> Ceilings | None:
    """Only where they were measured before: measuring takes seconds, which a person should ask for."""
    found = _read((cache or cache_folder()) / FILE).get(_key(runtime))
    return None if found is None else _from_json(found)


def _better(one: Ceilings, other: Ceilings) -> Ceilings:
    """What either of two disturbed measurements reached."""
    names = {*one.gmacs_per_s, *other.gmacs_per_s}
    sizes = {**dict(one.by_size), **dict(other.by_size)}
    return replace(
        other,
        gmacs_per_s={name: max(one.gmacs_per_s.get(name, 0.0), other.gmacs_per_s.get(name, 0.0)) for name in names},
        gbytes_per_s=max(one.gbytes_per_s, other.gbytes_per_s),
        by_size=tuple((size, max(one.bandwidth(size), other.bandwidth(size))) for size in sorted(sizes)),
    )


def _measure(runtime: Runtime, progress: Progress) -> Ceilings:
    settings = replace(runtime.settings, batch=1, runs=0, warmup=0, shapes={}, inputs={})
    runtime = replace(runtime, settings=settings)
    activation = runtime.backend.facts(settings.device).activation_dtype.name
    rates: dict[str, float] = {}
    met: list[Disturbance] = []
    probes: list[tuple[str, Callable[[str, int], _Probe]]] = [
        (precision, make) for precision in ("float32", "int8", "float16", "bfloat16") for make in (_matmul, _conv)
    ]
    for precision, make in progress.track(probes, "measuring the device's ceilings"):
        found = _rate(runtime, activation if precision == "int8" else precision, make, met, progress)
        if found is not None and found[0]:
            ran, rate = found
            rates[ran] = max(rate, rates.get(ran, 0.0))
    largest = _beyond_caches()
    sizes = (*(size for size in _SIZES if size < largest), largest)
    by_size: tuple[tuple[int, float], ...] = ()
    for size in reversed(sizes):
        # Starting the threads weighs on small arrays, and a ceiling is no lower where the cache is nearer.
        rate = max(_bandwidth(runtime, size, met, progress), by_size[0][1] if by_size else 0.0)
        by_size = ((size, rate), *by_size)
    return Ceilings(
        device=settings.device,
        threads=threads_of(settings.threads),
        gmacs_per_s=rates,
        gbytes_per_s=by_size[-1][1],
        measured_at=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        by_size=by_size,
        noisy=bool(disturbed(met)),
    )


def _rate(
    runtime: Runtime, asked: str, make: Callable[[str, int], _Probe], met: list[Disturbance], progress: Progress
) -> tuple[str, float] | None:
    """The precision that ran and its rate; None where the device does not compute so."""
    times = 1
    while True:
        probe = make(asked, times)
        try:
            best = _run(runtime, probe, met, progress)
        except EngineError:
            return None  # a precision that the device does not have
        if best.us >= _SHORT_US or times >= 512:
            break
        times *= 8
    wrapped = {"Cast", "DequantizeLinear"} & set(best.others)
    if wrapped and best.precision in ("", asked):
        return None
    ran = best.precision or asked
    return ("int8" if ran == "uint8" else ran), probe.work / best.us / 1000


def _bandwidth(runtime: Runtime, size: int, met: list[Disturbance], progress: Progress) -> float:
    best = _run(runtime, _relu(size // 2), met, progress)
    return size / max(best.us, 1.0) / 1000


def _run(runtime: Runtime, probe: _Probe, met: list[Disturbance], progress: Progress) -> Best:
    with Handover() as handover:
        request = SessionRequest(
            handover.write(probe.model, "probe.onnx"),
            runtime.settings,
            profile=True,
            scratch=handover.scratch("scratch"),
        )
        best = runtime.host.call(run_in_child, runtime.backend.open, request, probe.feeds, progress=progress)
    met.append(best.met)
    return best


def run_in_child(
    open_session: Callable[[SessionRequest], Session], request: SessionRequest, feeds: Feeds, *, progress: Progress
) -> Best:
    """The part that runs in the child: run for a moment and look at the longest kernel."""
    session = open_session(request)
    before = moment()
    end = time.perf_counter() + _RUN_S
    for number in range(_MOST_RUNS):
        progress.check()
        session.run(feeds)
        if number >= 2 and time.perf_counter() > end:
            break
    met = disturbance(before, moment())
    trace = session.finish_trace()
    if not any(trace.runs):
        return Best(min(trace.wall_us), "", (), met)
    mains = [max(run, key=lambda event: event.duration_us) for run in trace.runs if run]
    best = min(mains, key=lambda event: event.duration_us)
    others = {event.op for run in trace.runs for event in run} - {best.op}
    return Best(best.duration_us, best.precision, tuple(others), met)


def _matmul(dtype: str, times: int) -> _Probe:
    side, rows = 1024, 1024 * times
    return _matrix("MatMul", dtype, (rows, side), (side, side), (rows, side), rows * side * side, {})


def _conv(dtype: str, times: int) -> _Probe:
    channels, high, wide = 128, 56, 56 * times
    data = (1, channels, high, wide)
    macs = channels * channels * 9 * high * wide
    return _matrix("Conv", dtype, data, (channels, channels, 3, 3), data, macs, {"pads": [1, 1, 1, 1]})


def _matrix(
    op: str,
    dtype: str,
    data: tuple[int, ...],
    weight: tuple[int, ...],
    out: tuple[int, ...],
    macs: int,
    attributes: Mapping[str, Any],
) -> _Probe:
    """One matrix op; of integers as DequantizeLinear on both sides and QuantizeLinear behind."""
    import onnx_ir as ir

    integers = dtype in ("int8", "uint8")
    element = ir.DataType[dtype.upper()] if dtype != "float32" else ir.DataType.FLOAT
    random = np.random.default_rng(0)
    x = _value("x", element, data)
    if integers:
        weights = _constant("w", random.integers(-127, 128, weight, np.int8, endpoint=False))
        scale = _constant("scale", np.asarray(0.02, np.float32))
        zero = _constant("zero", np.asarray(128 if dtype == "uint8" else 0, np.dtype(dtype)))
        w_scale = _constant("w_scale", np.asarray(0.001, np.float32))
        w_zero = _constant("w_zero", np.asarray(0, np.int8))
        constants = [weights, scale, zero, w_scale, w_zero]
        left = ir.node("DequantizeLinear", [x, scale, zero], name="left")
        right = ir.node("DequantizeLinear", [weights, w_scale, w_zero], name="right")
        main = ir.node(op, [left.outputs[0], right.outputs[0]], attributes, name="main")
        last = ir.node("QuantizeLinear", [main.outputs[0], scale, zero], name="last")
        nodes = [left, right, main, last]
        feed = random.integers(0, 127, data).astype(np.dtype(dtype))
    else:
        numbers = element.numpy()
        weights = _constant("w", random.standard_normal(weight, np.float32).astype(numbers), element)
        constants = [weights]
        nodes = [ir.node(op, [x, weights], attributes, name="main")]
        feed = random.standard_normal(data, np.float32).astype(numbers)
    return _Probe(_model(x, nodes, constants, element, out), {"x": feed}, macs)


def _relu(array_bytes: int) -> _Probe:
    import onnx_ir as ir

    shape = (array_bytes // 4096, 1024)
    x = _value("x", ir.DataType.FLOAT, shape)
    model = _model(x, [ir.node("Relu", [x], name="main")], [], ir.DataType.FLOAT, shape)
    return _Probe(model, {"x": np.ones(shape, np.float32)}, 2 * array_bytes)


def _model(
    x: ir.Value, nodes: list[ir.Node], constants: list[ir.Value], element: ir.DataType, out: tuple[int, ...]
) -> ir.Model:
    import onnx_ir as ir

    y = nodes[-1].outputs[0]
    y.name, y.shape, y.type = "y", ir.Shape(out), ir.TensorType(element)
    for number, node in enumerate(nodes[:-1]):
        node.outputs[0].name = f"inner_{number}"
    opset = {"": 22 if element == ir.DataType.BFLOAT16 else 17}
    graph = ir.Graph([x], [y], nodes=nodes, initializers=constants, opset_imports=opset, name="probe")
    return ir.Model(graph, ir_version=10 if element == ir.DataType.BFLOAT16 else 8)


def _value(name: str, element: ir.DataType, shape: tuple[int, ...]) -> ir.Value:
    import onnx_ir as ir

    return ir.Value(name=name, shape=ir.Shape(shape), type=ir.TensorType(element))


def _constant(name: str, array: np.ndarray[Any, Any], element: ir.DataType | None = None) -> ir.Value:
    import onnx_ir as ir

    tensor = ir.Tensor(array, dtype=element, name=name)
    return ir.Value(name=name, shape=ir.Shape(array.shape), type=ir.TensorType(tensor.dtype), const_value=tensor)


def _beyond_caches() -> int:
    """Bytes moved that no cache holds and the memory has room for."""
    import psutil

    wanted = max(256 << 20, 8 * _last_level_cache())
    return max(16 << 20, min(wanted, _LARGEST, psutil.virtual_memory().available // 8))


def _last_level_cache() -> int:
    sizes = [0]
    for path in Path("/sys/devices/system/cpu/cpu0/cache").glob("index*/size"):
        with contextlib.suppress(OSError, ValueError):
            sizes.append(int(path.read_text().strip().removesuffix("K")) << 10)
    return max(sizes)


def _key(runtime: Runtime) -> str:
    settings = runtime.settings
    parts = {
        "device": settings.device,
        "threads": threads_of(settings.threads),
        "options": dict(sorted(settings.options.items())),
        "environment": dict(sorted(runtime.backend.environment(settings.device).items())),
        "processor": processor().name,
    }
    return json.dumps(parts, sort_keys=True, default=str)


def _read(path: Path) -> dict[str, Any]:
    """What the file holds; nothing where it is missing, broken or of another version."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(stored, dict) or stored.get("version") != _VERSION or not isinstance(stored.get("found"), dict):
        return {}
    return dict(stored["found"])


def _from_json(stored: Any) -> Ceilings | None:  # what the file holds, which may be anything
    try:
        found = Ceilings(
            device=str(stored["device"]),
            threads=int(stored["threads"]),
            gmacs_per_s={str(name): float(rate) for name, rate in stored["gmacs_per_s"].items()},
            gbytes_per_s=float(stored["gbytes_per_s"]),
            measured_at=str(stored["measured_at"]),
            by_size=tuple((int(size), float(rate)) for size, rate in stored["by_size"]),
            noisy=bool(stored.get("noisy", False)),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    rates = [*found.gmacs_per_s.values(), found.gbytes_per_s, *(rate for _, rate in found.by_size)]
    return found if all(rate > 0 for rate in rates) else None


def _write(path: Path, key: str, measured: Ceilings) -> None:
    """Aside, then in place; a cache that cannot be written is no fault of the measurement."""
    content = json.dumps({"version": _VERSION, "found": {**_read(path), key: asdict(measured)}}, indent=1)
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, aside = tempfile.mkstemp(prefix=FILE, dir=path.parent)
        with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123
            file.write(content)
        os.replace(aside, path)  # noqa: PTH105
