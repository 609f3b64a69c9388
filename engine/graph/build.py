"""From protobuf to ``onnx_ir``, functions in the place of their calls and nodes in order."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import onnx
import onnx_ir as ir
from onnx_ir import external_data

from engine.errors import ModelError
from engine.graph.collection import collection_paused
from engine.graph.file_tensor import in_files
from engine.graph.functions import inline
from engine.graph.skeleton import require_writable
from engine.graph.structure import graphs


def build(proto: onnx.ModelProto, path: Path) -> ir.Model:
    """The graph of a checked protobuf.

    Raises:
        ModelError: the library cannot make a graph of it, or could not write it back.
    """
    logging.getLogger("onnx_ir.serde").setLevel(logging.ERROR)  # what it warns of, engine.graph.structure says
    try:
        with collection_paused():
            model = ir.from_proto(proto)
            assert isinstance(model, ir.Model)
            external_data.set_base_dir(model.graph, os.path.dirname(os.path.abspath(path)))  # noqa: PTH100, PTH120
            in_files(model)
            if model.functions:
                inline(model)
            if not _in_order(model):
                model.graph.sort()
            require_writable(model)
    except RecursionError:
        raise ModelError("its subgraphs are nested too deeply", where=str(path)) from None
    except Exception as error:  # whatever a hostile file provokes in the library is the file's fault
        cause: BaseException = error
        while cause.__cause__ is not None:
            cause = cause.__cause__
        text = str(cause).strip() or type(cause).__name__
        raise ModelError(f"its graph is invalid: {text.splitlines()[0][:300]}", where=str(path)) from error
    return model


def _in_order(model: ir.Model) -> bool:
    """Whether every graph has its nodes after the producers of their inputs."""
    for graph in graphs(model):
        seen = set()
        for node in graph:
            seen.add(node)
            for value in node.inputs:
                producer = None if value is None else value.producer()
                if producer is not None and producer.graph is graph and producer not in seen:
                    return False
    return True
