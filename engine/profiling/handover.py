"""Models on their way to the child: a temporary folder that the parent owns and removes.

Weights that stand in files beside the source stay there and are referred to (the session is told their folder); only
what exists in memory is written, into the model file itself or, past what one protobuf message can hold, into a file
beside it. Nothing is ever written beside the source.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import onnx_ir as ir

APART_BYTES = 1 << 30
"""Of the weights of a model: a session holds all of them, and with more only one session is open at a time."""
INLINE_BYTES = 1 << 30
"""More than this in memory goes to a file of its own; a protobuf message ends at 2 GiB."""


def apart(*models: ir.Model) -> bool:
    """Whether sessions of these models must not be open at the same time."""
    return any(sum(tensor.nbytes for tensor in _tensors(model)) > APART_BYTES for model in models)


class Handover:
    """``path`` is the folder; ``weights(model)`` is what ``SessionRequest.weights`` wants for a model written here."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="lathe-"))

    def __enter__(self) -> Handover:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Remove the folder; a child that was killed a moment ago may still hold files of it open."""
        shutil.rmtree(self.path, ignore_errors=True)

    def scratch(self, name: str) -> Path:
        """A new folder for files of the runtime."""
        folder = self.path / name
        folder.mkdir()
        return folder

    def write(self, model: ir.Model, name: str) -> Path:
        """Serialise the model to ``name`` in the folder; the model itself is left as it is.

        It gets the oldest IR version and opset that say the same, because runtimes refuse those that they do not know.
        """
        import onnx_ir as ir

        from engine.graph.versions import lower, stamp

        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        inline = sum(t.nbytes for t in _tensors(model) if not isinstance(t, ir.ExternalTensor))
        if inline <= INLINE_BYTES:
            proto = ir.to_proto(model)
            stamp(proto, model)
            path.write_bytes(proto.SerializeToString())
            return path
        # Everything goes into one file here: a session has one folder for external data only.
        copy = model.clone()
        lower(copy)
        ir.save(copy, path, external_data=f"{path.name}.data", size_threshold_bytes=1 << 10)
        return path

    @staticmethod
    def weights(model: ir.Model) -> Path | None:
        """The folder that the external data of a model stands in, or None where it needs none."""
        import onnx_ir as ir

        inline, folders = 0, set()
        for tensor in _tensors(model):
            if isinstance(tensor, ir.ExternalTensor):
                folders.add(Path(tensor.base_dir).resolve())
            else:
                inline += tensor.nbytes
        if not folders or inline > INLINE_BYTES:
            return None
        assert len(folders) == 1, f"external data of one model in several folders: {sorted(map(str, folders))}"
        return folders.pop()


def _tensors(model: ir.Model) -> list[ir.TensorProtocol]:
    return [
        value.const_value
        for graph in model.graphs()
        for value in graph.initializers.values()
        if value.const_value is not None
    ]
