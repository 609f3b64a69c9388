"""What quantized operands tell of themselves."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from engine.quantization.codes import Codes


@pytest.mark.parametrize(("scales", "told"), [([0.5, 0.25], [0.25, 0.5]), ([0.5, math.nan], None), ([math.inf], None)])
def test_scales_are_told_by_their_bounds_where_they_are_numbers(scales: list[float], told: list[float] | None) -> None:
    codes = Codes("weight", 1, "int8", np.array(scales, np.float32), None)
    said = codes.to_json()
    assert said["scale"] == told
    assert said["scales"] == len(scales)
    json.dumps(said, allow_nan=False)
