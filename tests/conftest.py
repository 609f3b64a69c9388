"""What every test may use: real models and data where they are present."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"

FindPath = Callable[[str], Path]


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads or writes the caches of whoever runs it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def real_model() -> FindPath:
    """The path of ``shared/models/NAME`` (its only ``.onnx``), or of a file named as ``NAME/FILE``."""

    def find(name: str) -> Path:
        path = SHARED / "models" / name
        if not path.exists():
            pytest.skip(f"real model {name} is not beside the repository")
        if path.is_file():
            return path
        (found,) = path.glob("*.onnx")
        return found

    return find


@pytest.fixture(scope="session")
def shared_data() -> FindPath:
    """The path of ``shared/data/NAME``."""

    def find(name: str) -> Path:
        path = SHARED / "data" / name
        if not path.exists():
            pytest.skip(f"real data {name} is not beside the repository")
        return path

    return find
