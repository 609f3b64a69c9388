"""The graph of the opened model: a drawing that is panned, zoomed and coloured."""

from __future__ import annotations
