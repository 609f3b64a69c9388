"""What the README shows works."""

from __future__ import annotations

import argparse
import importlib
import re
import shlex
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import onnx
import onnx_ir as ir
import onnxruntime
import pytest

from engine.cli import COMMANDS
from engine.formats import open_source
from engine.graph.layers import index_layers
from engine.graph.naming import name_nodes
from engine.progress import Progress
from engine.report import Report
from engine.scheme import Calibration, Scheme
from resources import samples

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture
def scheme(monkeypatch: pytest.MonkeyPatch) -> Scheme:
    """The scheme of the README, as if it had been saved where the README says."""
    import sys

    (text,) = blocks("python")
    module = ModuleType("engine.schemes.int8_convs")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(text, "README.md", "exec"), module.__dict__)
    found = module.SCHEME
    assert isinstance(found, Scheme)
    return found


@pytest.mark.parametrize("per_channel", [True, False])
def test_the_scheme_works(scheme: Scheme, per_channel: bool, tmp_path: Path) -> None:
    sample = samples()[0]
    model = name_nodes(open_source(sample.model, Progress()).model)
    index = index_layers(model)
    suited = [layer.id for layer in index.layers if scheme.why_not(index.node(layer.id)) is None]
    report = Report()
    facts: Any = None
    planned = {layer_id: scheme.options(per_channel=per_channel) for layer_id in suited}
    quantized = scheme.quantize(model, planned, frozenset(), Calibration(), facts, report)
    assert set(report.treated) == set(suited)

    path = tmp_path / "quantized.onnx"
    ir.save(quantized, path)
    onnx.checker.check_model(path, full_check=True)
    assert path.stat().st_size < 0.3 * sample.model.stat().st_size
    with np.load(sample.data / "evaluation.npz") as part:
        images, labels = part["image"][:100], part["labels"][:100]
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (scores,) = session.run(None, {"image": images})
    assert (scores.argmax(axis=1) == labels).mean() >= 0.97


def test_every_subcommand_has_an_example_that_parses() -> None:
    shown = set()
    for block in blocks(""):
        for line in block.replace("\\\n", " ").splitlines():
            name, *words = shlex.split(line, comments=True) or [""]
            if name == "lathe":
                command = importlib.import_module(f"engine.cli.{words[0]}")
                parser = argparse.ArgumentParser(exit_on_error=False)
                command.add_arguments(parser)
                parser.parse_args(words[1:])
                shown.add(words[0])
    assert shown == set(COMMANDS)


@pytest.mark.parametrize(
    "page",
    ["README.md", "ARCHITECTURE.md", "docs/guide/README.md", "docs/guide/profiles.md", "docs/decisions/README.md"],
)
def test_links_lead_somewhere(page: str) -> None:
    path = ROOT / page
    text = path.read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_the_guide_names_every_rule_and_every_state() -> None:
    from typing import get_args

    from engine.explain.rules import rules
    from engine.profiling.profile import State

    page = (ROOT / "docs" / "guide" / "profiles.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", page, re.MULTILINE))
    assert {key: rows.get(key) for key in rules()} == {key: rule.summary for key, rule in rules().items()}
    assert set(get_args(State)) <= rows.keys()


def test_the_tables_that_the_guide_names_are_those_that_are_written() -> None:
    from engine.cli.profile import TABLES

    page = (ROOT / "docs" / "guide" / "profiles.md").read_text(encoding="utf-8")
    named = re.search(r"`--csv FOLDER` writes(.*?)\.", page, re.DOTALL)
    assert named is not None
    assert set(re.findall(r"`(\w+)`", named[1])) == set(TABLES)
