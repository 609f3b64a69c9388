"""Windows that ask or tell something before the work goes on."""

from __future__ import annotations
