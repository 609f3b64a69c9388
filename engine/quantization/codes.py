"""The codes of a quantized operand, with what makes numbers of them: scale, zero point, axis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import onnx_ir as ir
from numpy.typing import NDArray

from engine.graph.constants import constant

Operand = Literal["weight", "bias", "activation", "output"]


@dataclass(frozen=True, slots=True, eq=False)
class Codes:
    """One quantized operand: its input's (or output's) position and how its codes become numbers.

    Attributes:
        dtype: numpy's name of the element type of the codes; "int4" and "uint4" for half bytes.
        scale: float32, of any shape; None where it is computed while the model runs.
        zero_point: None for zero.
        axis: along which the scales lie, None for one scale.
        block_size: elements that share a scale along the axis, 0 where there are no blocks.
    """

    operand: Operand
    position: int
    dtype: str
    scale: NDArray[Any] | None
    zero_point: NDArray[Any] | None = None
    axis: int | None = None
    block_size: int = 0

    def to_json(self) -> dict[str, Any]:
        """Many scales are told by their number and their smallest and largest; None where one is no finite number."""
        scale = None if self.scale is None or not self.scale.size else self.scale.astype(np.float64)
        bounds = None if scale is None or not np.isfinite(scale).all() else [float(scale.min()), float(scale.max())]
        zero = None if self.zero_point is None else self.zero_point.astype(np.int64)
        return {
            "operand": self.operand,
            "position": self.position,
            "dtype": self.dtype,
            "scales": 0 if scale is None else int(scale.size),
            "scale": bounds,
            "zero_point": None if zero is None or not zero.size else [int(zero.min()), int(zero.max())],
            "axis": self.axis,
            "block_size": self.block_size,
        }


@dataclass(frozen=True, slots=True)
class Quantized:
    """``label`` is the key of the scheme that makes the like ("int8_static", "int4_weights", "float16")."""

    label: str
    codes: tuple[Codes, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {"label": self.label, "codes": [codes.to_json() for codes in self.codes]}


def codes_of(
    operand: Operand,
    position: int,
    codes: ir.Value | None,
    scale: ir.Value | None,
    zero_point: ir.Value | None,
    axis: int | None = None,
    block_size: int = 0,
    bits: int = 0,
) -> Codes:
    """The codes of a value; ``bits`` is for those that lie several to a byte."""
    stored, zero = constant(scale), constant(zero_point)
    # A file need not give the types of computed values: the zero point has that of the codes.
    dtype = zero.dtype if zero is not None and not bits else codes.dtype if codes is not None else None
    scales = None if stored is None else stored.numpy()
    name = f"uint{bits}" if bits else "" if dtype is None else dtype.name.lower()
    one = scales is None or scales.size == 1
    return Codes(
        operand,
        position,
        name,
        scales,
        None if zero is None or bits else zero.numpy(),
        None if one else axis,
        block_size,
    )
