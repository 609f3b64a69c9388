"""What a user is told to do for a missing part: nothing can be installed into a bundle."""

from __future__ import annotations

import pytest

from engine import installing


def test_python_is_told_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installing, "BUNDLED", False)
    assert installing.pip("onnxruntime-extensions") == "pip install onnxruntime-extensions"


def test_a_bundle_is_told_to_run_from_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installing, "BUNDLED", True)
    told = installing.pip("onnxruntime-extensions")
    assert "instead of this bundle" in told
    assert told != "pip install onnxruntime-extensions"
