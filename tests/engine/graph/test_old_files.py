from __future__ import annotations

import onnx
import onnx.parser
from onnx import AttributeProto

from engine.graph.old_files import complete
from engine.graph.proto import contents


def old(ir_version: int) -> onnx.ModelProto:
    proto = onnx.parser.parse_model(
        """<ir_version: 8, opset_import: ["" : 1]> g (float[1,2,4,4] x) => (float[1,2,4,4] y) {
        z = LeakyRelu <alpha = 0.5> (x) y = MaxPool <kernel_shape = [1, 1], auto_pad = "VALID"> (z) }"""
    )
    proto.ir_version = ir_version
    proto.ClearField("opset_import")
    for node in proto.graph.node:
        for attribute in node.attribute:
            attribute.ClearField("type")
    return proto


def test_attributes_and_the_operator_set_are_completed() -> None:
    proto = old(1)
    complete(proto, contents(proto))
    assert [(entry.domain, entry.version) for entry in proto.opset_import] == [("", 1)]
    types = [attribute.type for node in proto.graph.node for attribute in node.attribute]
    assert types == [AttributeProto.FLOAT, AttributeProto.INTS, AttributeProto.STRING]


def test_later_versions_must_name_their_operator_set() -> None:
    proto = old(3)
    complete(proto, contents(proto))
    assert not proto.opset_import
