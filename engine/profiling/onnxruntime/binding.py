"""One run with its inputs and outputs in the device's memory: copy in, compute, copy out, each timed apart.

``run`` is what users get: numpy arrays go in and come out. Here an I/O binding holds values in the memory of the device
that were made before, so that no phase contains an allocation by us: they are overwritten, waited for, run on, waited
for, and what the run bound as outputs is copied back.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from engine.backend import Array, Feeds, Phases


@dataclass(frozen=True, slots=True)
class Memory:
    """Where values live: ONNX Runtime's name of the kind of device ("cuda", "dml", "cpu") and its number."""

    device: str
    number: int = 0


@dataclass(slots=True)
class BoundRuns:
    """Runs of a session with device values that stay between them."""

    session: Any  # onnxruntime's own type, which mypy does not see
    memory: Memory
    _values: dict[str, Any] = field(default_factory=dict)

    def run(self, feeds: Feeds) -> tuple[Phases, list[Array]]:
        """The phases of one run and its outputs."""
        binding = self.session.io_binding()
        for name, array in feeds.items():
            self._values[name] = self._room_for(name, array)
        for output in self.session.get_outputs():
            binding.bind_output(output.name, self.memory.device, self.memory.number)
        begin = time.perf_counter_ns()
        for name, array in feeds.items():
            self._values[name].update_inplace(array)
            binding.bind_ortvalue_input(name, self._values[name])
        binding.synchronize_inputs()
        copied_in = time.perf_counter_ns()
        self.session.run_with_iobinding(binding)
        binding.synchronize_outputs()
        computed = time.perf_counter_ns()
        outputs: list[Array] = binding.copy_outputs_to_cpu()
        end = time.perf_counter_ns()
        return Phases((copied_in - begin) / 1000, (computed - copied_in) / 1000, (end - computed) / 1000), outputs

    def _room_for(self, name: str, array: Array) -> Any:
        import onnxruntime as ort

        value = self._values.get(name)
        if value is not None and tuple(value.shape()) == array.shape:
            return value
        return ort.OrtValue.ortvalue_from_numpy(array, self.memory.device, self.memory.number)
