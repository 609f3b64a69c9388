"""What the OpenVINO backend is made of: the session, its kernel times, the executed graph, Intel's devices."""

from __future__ import annotations
