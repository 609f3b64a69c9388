from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import CheckError, UsageError
from engine.recipe import FLOAT, Recipe, Rule

rules = st.builds(
    Rule,
    kind=st.sampled_from(["quantization", "pruning"]),
    choice=st.sampled_from(["int8_static", "magnitude_weights", FLOAT]),
    selector=st.none() | st.text(max_size=12),
    options=st.dictionaries(
        st.text(max_size=5), st.floats(allow_nan=False) | st.booleans() | st.none() | st.text(), max_size=3
    ),
)
recipes = st.builds(
    Recipe,
    clean=st.booleans(),
    rules=st.lists(rules, max_size=5).map(tuple),
    shapes=st.dictionaries(st.text(min_size=1, max_size=5), st.lists(st.integers(0, 9)).map(tuple), max_size=2),
)


@given(recipes)
def test_a_recipe_survives_its_file(recipe: Recipe) -> None:
    assert Recipe.from_json(json.loads(json.dumps(recipe.to_json()))) == recipe


def test_a_rule_replaces_the_one_for_the_same_layers_and_kind() -> None:
    first = Recipe().with_rule(Rule("quantization", "int8_static", "conv1")).with_rule(Rule("pruning", "m", "conv1"))
    second = first.with_rule(Rule("quantization", FLOAT, "conv1"))
    assert [(rule.kind, rule.choice) for rule in second.rules] == [("pruning", "m"), ("quantization", FLOAT)]
    assert [rule.choice for rule in first.rules] == ["int8_static", "m"], "a recipe is a value"
    assert second.without("pruning", "conv1").rules == (Rule("quantization", FLOAT, "conv1"),)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"rules": []}',
        '{"lathe_recipe": 1, "clean": true, "shapes": {}, "rules": [{"selector": "a"}]}',
        '{"lathe_recipe": 1, "clean": true, "shapes": {}, "rules": [{"quantization": 3, "selector": "a"}]}',
        '{"lathe_recipe": 999, "clean": true, "shapes": {}, "rules": []}',
    ],
)
def test_what_is_no_recipe_is_refused_with_its_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "recipe.json"
    path.write_text(text)
    with pytest.raises(UsageError, match=r"recipe\.json"):
        Recipe.load(path)


def test_a_failed_save_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "recipe.json"
    Recipe(clean=False).save(path)
    before = path.read_text()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(CheckError, match="No space left"):
        Recipe().save(path)
    monkeypatch.undo()
    assert path.read_text() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_recipe_written_by_hand_may_leave_out_what_is_usual() -> None:
    rule = Rule("quantization", "int8_static", "op:Conv")
    data = {"lathe_recipe": 1, "rules": [{"quantization": "int8_static", "selector": "op:Conv"}]}
    assert Recipe.from_json(data) == Recipe(rules=(rule,))
