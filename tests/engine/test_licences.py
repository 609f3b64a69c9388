from __future__ import annotations

from pathlib import Path

import pytest

from engine import licences
from engine.licences import Component, components, installed, required, write_index


def test_what_lathe_requires_is_found_with_its_licence() -> None:
    found = {component.name: component for component in components()}
    assert {"numpy", "onnx", "onnxruntime", "pillow"} <= found.keys()
    assert "Apache" in found["onnx"].licence
    assert "Apache License" in found["onnx"].text


def test_a_component_that_needs_another_brings_it_once() -> None:
    names = required("lathe")
    assert "protobuf" in names  # of onnx
    assert len({name.replace("_", "-") for name in names}) == len(names)
    assert not names & {"pytest", "mypy", "lathe"}


def test_what_is_not_installed_is_left_out() -> None:
    assert [c.name for c in installed(["onnx", "no-such-package"])] == ["onnx"]


def test_a_bundle_reads_its_own_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = (Component("Qt", "6.11.3", "LGPL-3.0-only", "the text"),)
    write_index(listed, tmp_path / "licences")
    monkeypatch.setattr(licences, "INDEX", tmp_path / "licences" / "index.json")
    assert components() == listed
