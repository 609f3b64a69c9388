"""The entry point of the bundle."""

from __future__ import annotations

import sys

from gui.__main__ import main

sys.exit(main())
