from __future__ import annotations

import numpy as np

from engine.graph.dump import dump
from engine.graph.layers import set_origins


def test_one_line_for_each_thing(parse) -> None:
    model = parse(
        "g (float[N,4] x) => (float[N,8] y) { [mm] a = MatMul(x, w) z = Flatten<axis=1>(a) y = Clip(z, , hi) }",
        w=np.linspace(-1, 3, 32, dtype=np.float32).reshape(4, 8),
        hi=np.float32(6),
    )
    set_origins(model.graph[0], ["mm", "scale"])
    assert dump(model).splitlines() == [
        "ir 8, opset ai.onnx 13",
        "input x float[N,4]",
        "initializer hi float[] 6",
        "initializer w float[4,8] -1..3 mean 1",
        "mm: MatMul(x, w) -> a ?[?] from mm, scale",
        "(unnamed): Flatten(a) -> z ?[?] {axis=1}",
        "(unnamed): Clip(z, -, hi) -> y float[N,8]",
        "output y float[N,8]",
    ]
