from __future__ import annotations

import subprocess
import sys


def run(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=120
    ).stdout.strip()


def test_importing_onnx_ir_does_not_import_sympy() -> None:
    assert run("import sys, engine.graph, onnx_ir; print('sympy' in sys.modules)") == "False"


def test_symbolic_dimensions_still_work() -> None:
    code = "import engine.graph, onnx_ir as ir; d = ir.SymbolicDim('max(n, 2)') * 2 + 1; print(d.evaluate({'n': 5}))"
    assert run(code) == "11"


def test_who_imports_sympy_gets_the_real_one() -> None:
    code = "import engine.graph, onnx_ir, sympy; print(sympy.sqrt(16), sympy.Symbol('a') + 1)"
    assert run(code) == "4 a + 1"


def test_a_sympy_that_is_there_already_is_left() -> None:
    assert run("import sympy, engine.graph, onnx_ir, sys; print(sys.modules['sympy'] is sympy)") == "True"


def test_looking_at_values_needs_no_graph_library() -> None:
    assert (
        run("import sys, engine.graph.values; print('onnx_ir' in sys.modules, 'onnx' in sys.modules)") == "False False"
    )
