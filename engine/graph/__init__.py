from __future__ import annotations

from engine.graph import lazy_sympy

lazy_sympy.install()
