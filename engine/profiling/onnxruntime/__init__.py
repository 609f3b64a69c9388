"""What the ONNX Runtime backends share: the installed package, sessions, phases, traces, the executed graph."""

from __future__ import annotations
