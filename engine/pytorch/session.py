"""A PyTorch program that runs as it is; the child process only.

The program stands beside the ONNX graph that was made of it: inputs and outputs bear the names of that graph, and each
operator is brought back to the node that the exporter made of it. Which module an operator belongs to says the graph of
an exported program; for all others one run is watched more closely, and an operator that reads a weight is of the
module that holds it (``engine.pytorch.alignment``).
"""

from __future__ import annotations

import importlib
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from itertools import pairwise
from typing import Any

from engine.backend import Array, ExecutedNode, Feeds, KernelEvent, Phases, SessionRequest, Trace
from engine.errors import DeviceError, EngineError, RuntimeCrash
from engine.graph.values import ValueInfo
from engine.profiling.processor import threads_of
from engine.pytorch.alignment import Step, Target, align
from engine.pytorch.faults import cause, ended_itself, first_lines
from engine.pytorch.loading import Loaded, load, torch
from engine.pytorch.silence import silenced
from engine.pytorch.trace import PROVIDER, RUN, WEIGHT, Operator, read_runs
from engine.pytorch.values import to_numpy, to_tensor

_NO_PROGRAM = "PyTorch runs PyTorch programs, and this is an ONNX graph"
_WAY_OUT = "Give the .pt2, TorchScript or Python file that it was made of, or choose another device."


_COMPILER = "It needs a C++ compiler, g++ or clang, and on GPUs Triton. Leave the option Compile off to run it eagerly."
_MOST_FORMS = 64
"""Of one piece of code: each session compiles its own."""


class TorchSession:
    """An open program on a device, "cpu" or "cuda:0"; ``compiled`` by ``torch.compile``, which the first run does."""

    def __init__(self, request: SessionRequest, device: str, *, compiled: bool = False) -> None:
        self._where, self._device, self._profile = request.settings.device, device, request.profile
        if request.program is None:
            raise DeviceError(_NO_PROGRAM, where=self._where, way_out=_WAY_OUT)
        self._program = request.program
        self._graph = _graph(request)
        torch().set_num_threads(threads_of(request.settings.threads))
        with self._faults(), silenced():
            self._loaded: Loaded = load(request.program, device)
            self._compiled = _compiled(self._loaded, self._where) if compiled else None
        self.inputs, self.outputs = self._graph.inputs, self._graph.outputs
        self._numbers = {info.name: number for number, info in enumerate(self.outputs)}
        self._profiler: Any = None
        self._wall_us: list[float] = []
        self._last: Feeds = {}

    def run(self, feeds: Feeds, outputs: Sequence[str] | None = None) -> list[Array]:
        if self._profile and self._profiler is None:
            self._profiler = _profiler(self._device)
        begin = time.perf_counter_ns()
        with self._faults():
            if self._device == "cpu":  # arrays become tensors without work that is the program's
                values = self._values(feeds)
                with self._marked():
                    found = self._compute(values)
                results = [to_numpy(tensor) for tensor in found]
            else:
                with self._marked():
                    results = [to_numpy(tensor) for tensor in self._compute(self._values(feeds))]
        if self._profiler is not None:
            self._wall_us.append((time.perf_counter_ns() - begin) / 1000)
            self._last = feeds
        numbers = range(len(results)) if outputs is None else [self._numbers[name] for name in outputs]
        return [results[number] for number in numbers]

    def phases(self, feeds: Feeds) -> Phases | None:
        if self._device == "cpu":
            return None
        cuda, marks = torch().cuda, [time.perf_counter_ns()]

        def mark() -> None:
            cuda.synchronize(self._device)
            marks.append(time.perf_counter_ns())

        with self._faults():
            values = self._values(feeds)
            mark()
            found = self._compute(values)
            mark()
            for tensor in found:
                to_numpy(tensor)
            mark()
        copy_in, compute, copy_out = ((b - a) / 1000 for a, b in pairwise(marks))
        return Phases(copy_in, compute, copy_out)

    def __del__(self) -> None:
        """PyTorch has one profiler for the process; a run that failed must not leave it to the next session."""
        if getattr(self, "_profiler", None) is not None:
            self._profiler.__exit__(None, None, None)

    def finish_trace(self) -> Trace:
        assert self._profiler is not None and self._wall_us, "nothing was run"
        profiler, self._profiler, self._profile = self._profiler, None, False
        profiler.__exit__(None, None, None)
        runs = read_runs(profiler.kineto_results.events())
        assert len(runs) == len(self._wall_us), f"{len(runs)} of {len(self._wall_us)} runs were recorded"
        typical = runs[-1]
        steps = self._steps(typical)
        partners = align(steps, self._graph.targets)
        names = _names(typical, steps)
        executed = tuple(
            ExecutedNode(name, operator.op, (), (f"{name}:0",), self._graph.tag(partner))
            for name, operator, partner in zip(names, typical, partners, strict=True)
        )
        done = {partner for partner in partners if partner is not None}
        return Trace(
            tuple(tuple(_events(run, typical, names, self._device != "cpu")) for run in runs),
            tuple(self._wall_us),
            (*executed, *self._graph.not_reached(done)),
            clock="host" if self._device == "cpu" else "device",
        )

    def _marked(self) -> AbstractContextManager[Any]:
        """What the profiler takes for one run."""
        return torch().autograd.profiler.record_function(RUN) if self._profiler is not None else nullcontext()

    def _compute(self, values: Sequence[Any]) -> list[Any]:
        with torch().inference_mode():
            return (self._compiled or self._loaded).call(values)

    def _values(self, feeds: Feeds) -> list[Any]:
        values = []
        for one in self._loaded.inputs:
            if one.name not in feeds:
                values.append(self._loaded.examples.get(one.name))
            elif one.scalar:
                values.append({"int": int, "float": float, "bool": bool}[one.scalar](feeds[one.name].reshape(-1)[0]))
            else:
                values.append(to_tensor(feeds[one.name], self._device))
        return values

    def _steps(self, operators: Sequence[Operator]) -> list[Step]:
        """The modules of the operators of a run."""
        if self._compiled is not None:  # some are fused, and no longer in the order of the program
            return [Step(one.op.partition("::")[2] or one.op, None) for one in operators]
        if self._loaded.exported is not None:
            return _steps_of_graph(operators, self._loaded.exported)
        watched = self._watched()
        same = [one.op for one in watched] == [one.op for one in operators]
        holders = [one.weights[0].rpartition(".")[0] if one.weights else None for one in watched] if same else []
        if not holders:
            holders = [None] * len(operators)
        return [Step(one.op.partition("::")[2], module) for one, module in zip(operators, holders, strict=True)]

    def _watched(self) -> list[Operator]:
        """One more run, in which every operator says which weights it reads."""
        module = self._loaded.module
        held = [*module.named_buffers(), *module.named_parameters()]
        weights = {tensor.data_ptr(): name for name, tensor in held if tensor.data_ptr()}
        values = self._values(self._last)
        profiler = _profiler("cpu")
        try:
            with torch().autograd.profiler.record_function(RUN), _reader_of(weights):
                self._compute(values)
        except (Exception, SystemExit):  # what cannot be watched is aligned without knowing its modules
            return []
        finally:
            profiler.__exit__(None, None, None)
        return read_runs(profiler.kineto_results.events())[0]

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except EngineError:
            raise
        except SystemExit as error:
            raise ended_itself(self._program, error, "run") from None
        except Exception as error:  # PyTorch raises RuntimeError, and whatever the program itself raises
            text = str(error).lower()
            if isinstance(error, MemoryError) or "out of memory" in text or "can't allocate" in text:
                raise RuntimeCrash(
                    "PyTorch ran out of memory", where=self._where, way_out="Try a smaller batch."
                ) from None
            if getattr(self, "_compiled", None) is not None and not self._wall_us:
                why = f"torch.compile cannot compile it: {first_lines(error)}"
                raise DeviceError(why, where=self._where, way_out=_COMPILER) from None
            raise DeviceError(f"PyTorch cannot run it: {cause(error, self._program)}", where=self._where) from None


def _compiled(loaded: Loaded, where: str) -> Loaded:
    if isinstance(loaded.module, torch().jit.ScriptModule):
        raise DeviceError("TorchScript is no Python program, and torch.compile takes only these", where=where)
    inductor: Any = importlib.import_module("torch._inductor.config")
    inductor.cpp.enable_kernel_profile = True  # else the profiler does not see its kernels
    dynamo: Any = importlib.import_module("torch._dynamo.config")
    dynamo.recompile_limit = _MOST_FORMS
    return replace(loaded, module=torch().compile(loaded.module))


class _Graph:
    """What is known of the ONNX graph that stands for the program: names, tags, modules."""

    def __init__(self, model: Any) -> None:
        from engine.graph.layers import scope_of
        from engine.graph.shapes import inputs, outputs
        from engine.profiling.tagging import every_node

        self.inputs: tuple[ValueInfo, ...] = tuple(inputs(model))
        self.outputs: tuple[ValueInfo, ...] = tuple(outputs(model))
        every = every_node(model)
        self._own = {domain for domain in model.opset_imports if domain} <= {"aten", "prim", "torch.nn"}
        self._own = self._own and "" not in model.opset_imports
        kept = [(k, n) for k, n in enumerate(every) if n.op_type != "Constant" or n.domain]
        self._numbers = [number for number, _ in kept]
        self.targets = [Target(node.op_type, ".".join(scope_of(node))) for _, node in kept]

    def tag(self, target: int | None) -> tuple[str, ...]:
        return () if target is None else (f"~n{self._numbers[target]}~",)

    def not_reached(self, done: set[int]) -> Iterator[ExecutedNode]:
        """Of a program's own graph the operators that no run reached; of an exported one there is no telling."""
        if self._own:
            for number, target in enumerate(self.targets):
                if number not in done and target.op not in ("If", "Loop"):
                    yield ExecutedNode(f"not run {number}", target.op, (), (f"not run {number}:0",), self.tag(number))


def _graph(request: SessionRequest) -> _Graph:
    """Names and modules of the graph; its weights are not read.

    Scopes are in the metadata, which tagging leaves.
    """
    import onnx
    import onnx_ir as ir

    return _Graph(ir.from_proto(onnx.load(request.model, load_external_data=False)))


def _steps_of_graph(operators: Sequence[Operator], exported: Any) -> list[Step]:
    """The operators that ran are the calls of the graph in their order, but for those that record nothing."""
    calls = [node for node in exported.graph.nodes if node.op == "call_function" and hasattr(node.target, "_schema")]
    steps, place = [], 0
    for operator in operators:
        found = next((n for n in range(place, len(calls)) if calls[n].target._schema.name == operator.op), None)
        module = None
        if found is not None:
            stack = list((calls[found].meta.get("nn_module_stack") or {}).values())
            module, place = stack[-1][0] if stack else "", found + 1
        steps.append(Step(operator.op.partition("::")[2], module))
    return steps


def _names(operators: Sequence[Operator], steps: Sequence[Step]) -> list[str]:
    """Where each stands and what it is: ``layer1.0.conv1 conv2d``, numbered where there are several."""
    counts: Counter[str] = Counter()
    names = []
    for operator, step in zip(operators, steps, strict=True):
        name = f"{step.module} {step.op}" if step.module else operator.op
        counts[name] += 1
        names.append(name if counts[name] == 1 else f"{name} #{counts[name]}")
    return names


def _events(
    run: Sequence[Operator], typical: Sequence[Operator], names: Sequence[str], device: bool
) -> Iterator[KernelEvent]:
    """Of one run, with the names of the typical one; a run that took another way is aligned with it in order."""
    place = 0
    for operator in run:
        found = next((n for n in range(place, len(typical)) if typical[n].op == operator.op), None)
        name = operator.op if found is None else names[found]
        place = place if found is None else found + 1
        if not device:
            yield KernelEvent(
                name, operator.op, PROVIDER, operator.start_us, operator.duration_us, operator.thread,
                implementation=operator.implementation,
            )  # fmt: skip
        for kernel in operator.kernels:
            yield KernelEvent(
                name, kernel.op, PROVIDER, kernel.start_us, kernel.duration_us, kernel.thread,
                implementation=kernel.implementation,
            )  # fmt: skip


def _profiler(device: str) -> Any:
    activity = torch().profiler.ProfilerActivity
    kinds = {activity.CPU} if device == "cpu" else {activity.CPU, activity.CUDA}
    made = torch().profiler.profile(activities=list(kinds), acc_events=True)
    with silenced():
        made.start()
    return _Started(made)


class _Started:
    """PyTorch's profiler, stopped without the tables that it would make of what it found."""

    def __init__(self, profile: Any) -> None:
        self._profile = profile

    def __exit__(self, *_: object) -> None:
        with silenced():
            self._profile.stop()

    @property
    def kineto_results(self) -> Any:
        return self._profile.profiler.kineto_results


def _reader_of(weights: dict[int, str]) -> Any:
    """A dispatch mode under which each operator that reads a weight says so to the profiler."""
    modes = importlib.import_module("torch.utils._python_dispatch")
    pytree = importlib.import_module("torch.utils._pytree")
    record = torch().autograd.profiler.record_function

    class Reader(modes.TorchDispatchMode):  # type: ignore[name-defined, misc]
        def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            for leaf in pytree.tree_leaves((args, kwargs or {})):
                if isinstance(leaf, torch().Tensor) and leaf.data_ptr() in weights:
                    with record(WEIGHT + weights[leaf.data_ptr()]):
                        pass
            return function(*args, **(kwargs or {}))

    return Reader()
