"""The engine calls that the window's jobs run: functions for the worker thread, handed the workshop."""

from __future__ import annotations
