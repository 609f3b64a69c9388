"""pyqtgraph takes half a second to import: a worker does it after the start, or else the first plot that is shown."""

from __future__ import annotations

import functools
from typing import Any


@functools.cache
def pyqtgraph() -> Any:
    import pyqtgraph

    pyqtgraph.setConfigOptions(antialias=False, foreground="k", background="w")
    return pyqtgraph
