"""What a user does to get a part that is not there. Nothing can be installed into a bundle: it says what else to do."""

from __future__ import annotations

import sys

BUNDLED = bool(getattr(sys, "frozen", False))


def pip(packages: str) -> str:
    """``pip install PACKAGES``, in words that follow "Install it: " or "it is missing: "."""
    command = f"pip install {packages}"
    return f"run Lathe from Python instead of this bundle, after {command} there" if BUNDLED else command


GET_PYTORCH = "it is in the bundle lathe-full" if BUNDLED else pip("'lathe[torch]'")
