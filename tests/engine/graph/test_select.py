from __future__ import annotations

import pytest

from engine.graph.layers import Layer
from engine.graph.select import select


def layer(layer_id: str, op: str = "Conv", scope: tuple[str, ...] = ()) -> Layer:
    return Layer(layer_id, layer_id, op, "", scope, (), None, None, 0, 0, None, None, None, None, (layer_id,))


LAYERS = (
    layer("stem", "Conv"),
    layer("l1.a", "Conv", ("layer1", "0", "conv1")),
    layer("l1.b", "Relu", ("layer1", "0")),
    layer("l10", "Conv", ("layer10", "0", "conv1")),
    layer("head[0]", "Gemm", ("head",)),
    layer("op:Conv", "Add"),
)


@pytest.mark.parametrize(
    ("selector", "ids"),
    [
        ("stem", ("stem",)),
        ("l1*", ("l1.a", "l1.b", "l10")),
        ("head[0]", ("head[0]",)),
        ("op:Gemm", ("head[0]",)),
        ("op:*", tuple(x.id for x in LAYERS)),
        ("op:conv", ()),
        ("op:Conv", ("op:Conv",)),
        ("scope:layer1", ("l1.a", "l1.b")),
        ("scope:layer1.0.conv1", ("l1.a",)),
        ("scope:layer1/0", ("l1.a", "l1.b")),
        ("scope:layer*", ("l1.a", "l1.b", "l10")),
        ("scope:", ()),
        ("nothing", ()),
    ],
)
def test_select(selector: str, ids: tuple[str, ...]) -> None:
    assert select(selector, LAYERS) == ids
