"""The bundle that ``make bundle`` left, run as a stranger's machine would; and that the trial can fail."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUNDLE = ROOT / "dist" / "lathe"


@pytest.fixture
def smoke(packaging_scripts: Path) -> ModuleType:
    import smoke

    return smoke


def commit_of(bundle: Path) -> str:
    file = next(bundle.rglob("resources/commit.txt"), None)
    return file.read_text(encoding="ascii").strip() if file else ""


def test_the_bundle_works() -> None:
    from engine.version import commit

    if not BUNDLE.is_dir():
        pytest.skip("there is no bundle: make bundle makes it")
    if commit_of(BUNDLE) != commit():
        pytest.skip(f"the bundle is of {commit_of(BUNDLE)}, not of this source: make bundle makes it again")
    script = ROOT / "packaging" / "smoke.py"
    done = subprocess.run(
        [sys.executable, str(script), str(BUNDLE)], capture_output=True, text=True, check=False, timeout=900
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for a bundle is a shell script")
def test_a_broken_bundle_fails_each_check(
    smoke: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = tmp_path / "lathe-full"
    (bundle / "samples").mkdir(parents=True)
    (bundle / "samples" / "digits_resnet.onnx").write_bytes(b"")
    (bundle / "licences").mkdir()
    (bundle / "licences" / "index.json").write_text('[{"name": "numpy", "text": ""}]', encoding="ascii")
    program = bundle / "lathe"
    program.write_text("#!/bin/sh\necho lathe 0.1.0\n", encoding="ascii")
    program.chmod(0o755)
    monkeypatch.setattr(smoke, "UNPACKED_MB", {"lathe-full": 1e-6})
    monkeypatch.setattr(smoke, "SAVE", "")
    monkeypatch.setattr(smoke, "from_source", lambda *_: '{"devices": [], "layers": []}')
    assert smoke.main([str(bundle)]) == 1
    said = capsys.readouterr().out
    failed = {line.split()[1] for line in said.splitlines() if line.startswith("  FAILED")}
    assert failed == smoke.CHECKS_FULL.keys()
