"""Plots; they ask the theme for their pens."""

from __future__ import annotations
