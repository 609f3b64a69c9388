"""What is handed on: tables of variants, and one self-contained HTML page."""

from __future__ import annotations
