"""What a runtime is. One file in ``engine/backends`` defines one ``BACKEND``.

A backend lists its devices, states the facts of each that quantization needs, and opens sessions. Sessions are only
ever opened inside the child process (``engine.profiling.child``); everything here must therefore be importable without
the runtime, which is imported inside the functions that need it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.graph.values import ValueInfo
from engine.options import OptionValue
from engine.program import Program
from engine.progress import Progress

Array = NDArray[Any]
Feeds = Mapping[str, Array]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Device:
    """``id`` as in "cpu" or "cuda:0"; ``reason`` says why it is not available and what to install."""

    id: str
    title: str
    available: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TargetFacts:
    """What quantization must know of a device.

    Attributes:
        activation_dtype: the element type of activations for which the device has its fast integer kernels.
        integer_ops: op types that have an integer kernel there.
        slower_ops: those of them whose integer kernel is slower than the float one, with how much, as in "takes 20
            times as long in integers"; they are quantized only where they are asked for.
        few_channels: a Conv with fewer input channels than this is slower in integers; 0 where none is known to be.
        channels_last: its integer Convs lay values out with the channels last, and MaxPool is fast only there.
        symmetric: its kernels take activations with zero point 0 only.
        symmetric_ops: the same of these op types alone; of MatMul only where both operands are activations, of which
            the second must be int8.
        reduce_range: 7-bit weights, for CPUs whose 8-bit multiply-add saturates (x86 without VNNI).
        channel_block: channel counts that are multiples of this run on the fast float kernels.
        half_types: "float16" and "bfloat16" where the device computes in them.
        dynamic_ops: op types that are faster with weights of 8 bits and activations quantized while the model runs.
        microsoft_ops: ops of the domain com.microsoft that the runtime has, of those that quantization can use.
        why: one line for the user, "AVX512-VNNI: uint8 activations with int8 weights run on the fast kernels".
    """

    device: str
    activation_dtype: np.dtype[Any]
    integer_ops: frozenset[str]
    reduce_range: bool
    channel_block: int
    why: str
    half_types: frozenset[str] = frozenset()
    dynamic_ops: frozenset[str] = frozenset()
    microsoft_ops: frozenset[str] = frozenset()
    slower_ops: Mapping[str, str] = field(default_factory=dict)
    few_channels: int = 0
    channels_last: bool = False
    symmetric: bool = False
    symmetric_ops: frozenset[str] = frozenset()

    @property
    def fingerprint(self) -> str:
        """The same in every process, which the order of a set is not."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return repr({name: sorted(v) if isinstance(v, frozenset) else v for name, v in values.items()})


@dataclass(frozen=True, slots=True)
class RunSettings:
    """How a model is run; the flags that the command line has wherever a model runs.

    Attributes:
        threads: intra-op threads; 0 means one for each physical core.
        batch: the size of a dynamic batch dimension.
        runs: measured runs; 0 means until steady within the time box of ``engine.profiling.measure``.
        shapes: input name to fixed shape, for dynamic dimensions other than the batch.
        options: the backend's own options that differ from its defaults.
    """

    device: str = "cpu"
    threads: int = 0
    batch: int = 1
    runs: int = 0
    warmup: int = 0
    seed: int = 0
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, OptionValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KernelEvent:
    """One execution of one kernel; times in microseconds from an arbitrary zero of the session.

    ``precision`` (numpy's name) and ``implementation`` (the runtime's own) are what it says of the kernel, "" for
    nothing. On a device with a clock of its own, times are the device's where the runtime gives them (``Trace.clock``).
    """

    name: str
    op: str
    provider: str
    start_us: float
    duration_us: float
    thread: int
    precision: str = ""
    implementation: str = ""


@dataclass(frozen=True, slots=True)
class ExecutedNode:
    """A node of the graph that the runtime really runs; ``originals`` where the runtime itself names them.

    ``body_of`` is the name of the control-flow node whose body contains it, "" in the main graph. One that is
    ``in_place`` does nothing: its output is its input, where that already lies in memory.
    """

    name: str
    op: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    originals: tuple[str, ...] = ()
    body_of: str = ""
    in_place: bool = False


@dataclass(frozen=True, slots=True)
class Trace:
    """What a profiled session leaves behind: per run its wall time and kernel events, and the executed graph.

    ``executed`` is in topological order, bodies right after their node; ``constants`` are the values that it reads and
    nobody computes. ``notes`` are sentences that a reader of the times must see. ``arena_bytes`` is the most that the
    runtime's own allocator held, None where it does not say.
    """

    runs: tuple[tuple[KernelEvent, ...], ...]
    wall_us: tuple[float, ...]
    executed: tuple[ExecutedNode, ...]
    constants: frozenset[str] = frozenset()
    clock: Literal["host", "device"] = "host"
    notes: tuple[str, ...] = ()
    arena_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Phases:
    """One run of a session whose device has its own memory; the device is waited for at the end of each phase."""

    copy_in_us: float
    compute_us: float
    copy_out_us: float


def in_own_types(feeds: Feeds, inputs: Sequence[ValueInfo]) -> Feeds:
    """Feeds for a model whose float inputs are of another precision than those that the samples were made for.

    The same object where nothing changes.
    """
    dtypes = {info.name: info.dtype for info in inputs if info.dtype in ("float16", "float32", "float64")}
    others = {
        name: array.astype(dtypes[name])
        for name, array in feeds.items()
        if name in dtypes and array.dtype.kind == "f" and array.dtype.name != dtypes[name]
    }
    return {**feeds, **others} if others else feeds


class Session(Protocol):
    """An open model inside the child process."""

    inputs: tuple[ValueInfo, ...]
    outputs: tuple[ValueInfo, ...]

    def run(self, feeds: Feeds, outputs: Sequence[str] | None = None) -> list[Array]:
        """The named outputs (all without ``outputs``), in order."""
        ...

    def phases(self, feeds: Feeds) -> Phases | None:
        """One run taken apart; None where inputs and outputs need no copy."""
        ...

    def finish_trace(self) -> Trace:
        """End profiling; only for a session that was opened with ``profile=True``, once."""
        ...


@dataclass(frozen=True, slots=True)
class SessionRequest:
    """What ``Backend.open`` needs.

    Attributes:
        model: path of a serialised ONNX model that the parent wrote into a folder of its own.
        weights: the folder of the model's external data, where it has any.
        profile: whether ``finish_trace`` will be called.
        scratch: an existing folder, owned and removed by the parent, for files of the runtime.
        program: of which the model was made, for runtimes that run that instead.
    """

    model: Path
    settings: RunSettings
    weights: Path | None = None
    profile: bool = False
    scratch: Path | None = None
    program: Program | None = None


@dataclass(frozen=True, slots=True)
class Backend:
    """A runtime and its devices.

    Attributes:
        devices: every device that the runtime could drive, also those that are not available here.
        facts: for a device id.
        options: the frozen dataclass of the runtime's options.
        provider: what ``KernelEvent.provider`` says of a kernel that ran where it was asked to.
        environment: for a device id, the versions of packages and drivers that a profile records.
        open: open a session; raises ``DeviceError`` with the runtime's own reason where it cannot. Child process only.
        programs: it runs the PyTorch program that a model was made of, and no other model.
    """

    key: str
    title: str
    options: type
    devices: Callable[[], tuple[Device, ...]]
    facts: Callable[[str], TargetFacts]
    open: Callable[[SessionRequest], Session]
    provider: str
    environment: Callable[[str], Mapping[str, str]]
    programs: bool = False


@dataclass(frozen=True, slots=True)
class OpenOn:
    """Opens each session with the runtime that drives the device of its settings; the child's part of a pair."""

    opens: Mapping[str, Callable[[SessionRequest], Session]]

    def __call__(self, request: SessionRequest) -> Session:
        return self.opens[request.settings.device](request)


class Host(Protocol):
    """Whoever can run a function where runtimes live: ``engine.profiling.child.Child`` in the product."""

    def call(self, function: Callable[..., T], *args: Any, progress: Progress) -> T:
        """Run ``function(*args, progress=...)`` of a module, with picklable arguments and result."""
        ...


@dataclass(frozen=True, slots=True)
class Runtime:
    """Where models run: a backend, how it runs them, and the process in which its sessions are opened."""

    backend: Backend
    settings: RunSettings
    host: Host
