"""pyqtgraph takes half a second to import: it is imported when the first plot is shown."""

from __future__ import annotations

import functools
from typing import Any


@functools.cache
def pyqtgraph() -> Any:
    import pyqtgraph

    pyqtgraph.setConfigOptions(antialias=False, foreground="k", background="w")
    return pyqtgraph
