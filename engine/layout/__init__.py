"""How a model is drawn: what is shown, in which groups, and where each thing stands. Knows no window."""

from __future__ import annotations
