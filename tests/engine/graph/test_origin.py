from __future__ import annotations

import onnx_ir as ir
import pytest

from engine.graph.origin import STACK_TRACE, SourceLine, source_line

TRACE = """File "/home/me/net.py", line 12, in forward
    x = self.norm(x)
  File "/usr/lib/python3/site-packages/torch/nn/modules/batchnorm.py", line 210, in forward
    return F.batch_norm(
"""


def node(trace: str) -> ir.Node:
    found = ir.Node("", "Relu", [])
    found.metadata_props[STACK_TRACE] = trace
    return found


def test_the_author_s_innermost_line_is_taken() -> None:
    assert source_line(node(TRACE)) == SourceLine("/home/me/net.py", 12, "forward", "x = self.norm(x)")


def test_a_library_s_line_is_better_than_none() -> None:
    found = source_line(node(TRACE[TRACE.index("  File") :]))
    assert found is not None and found.line == 210


@pytest.mark.parametrize("text", ["", "nonsense", 'File "x", line y', 'File "' + "a" * 10_000])
def test_nonsense_says_nothing(text: str) -> None:
    assert source_line(node(text)) is None
    assert source_line(ir.Node("", "Relu", [])) is None
