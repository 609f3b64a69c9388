"""Everything Lathe can do, without a window."""

from __future__ import annotations

import os

__version__ = "0.1.0"

# Lathe never uses the network. ONNX Runtime sends telemetry from 1.29 on, also on Linux and macOS, unless this is
# set before the library is loaded (then they keep no device id on disk either). Children inherit it.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
