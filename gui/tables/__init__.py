"""Item models, views and delegates."""

from __future__ import annotations
