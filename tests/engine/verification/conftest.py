from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.verification.scene import Scene, build


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return build(tmp_path)
