"""Why a model takes the time and the memory that it takes: facts and findings from a profile and its graph."""

from __future__ import annotations
