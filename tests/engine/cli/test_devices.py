from __future__ import annotations

import json

import pytest

from engine.cli.main import main


def test_devices_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["devices", "--json"]) == 0
    devices = json.loads(capsys.readouterr().out)["devices"]
    assert all(set(device) == {"id", "title", "available", "reason"} for device in devices)
    assert [device["id"] for device in devices if device["available"]] == ["cpu"]
    assert all(device["reason"] for device in devices if not device["available"])


def test_devices_for_people(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert main(["devices"]) == 0
    assert "pip install" in capsys.readouterr().out
