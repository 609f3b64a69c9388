from __future__ import annotations

import pickle

import pytest

from engine import errors


def test_every_leaf_has_its_own_documented_status() -> None:
    statuses = {kind.__name__: kind.exit_status for kind in errors.EngineError.__subclasses__()}
    assert statuses == {
        "UsageError": 2,
        "ModelError": 3,
        "DataError": 3,
        "DeviceError": 4,
        "CheckError": 5,
        "RuntimeCrash": 6,
    }


@pytest.mark.parametrize("kind", errors.EngineError.__subclasses__())
def test_errors_cross_processes_whole(kind: type[errors.EngineError]) -> None:
    error = pickle.loads(pickle.dumps(kind("is broken", where="model.onnx", way_out="Export it again.")))
    assert type(error) is kind
    assert str(error) == "model.onnx: is broken\nExport it again."
