"""One panel of the window, one file."""

from __future__ import annotations
