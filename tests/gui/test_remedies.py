"""What the click of each kind of remedy does to the recipe."""

from __future__ import annotations

from engine.explain.reason import Reason, Remedy
from engine.recipe import Recipe, Rule
from gui.main_window import MainWindow
from gui.remedies import edited, why_not
from gui.treatment import treat

CONVS = ("block0/conv", "block1/conv")


def reason(*remedies: Remedy) -> Reason:
    return Reason("r", "slow", (*CONVS, "not_in_the_file"), 12.0, "because", "do", remedies)


def test_keep_float_quantize_and_clean(opened: MainWindow) -> None:
    file = opened.bench.document.opened
    assert file is not None
    kept = edited(Recipe(), reason(), Remedy("keep_float", "Keep"), file)
    assert [(r.choice, r.selector) for r in kept.rules] == [("float", i) for i in CONVS]
    remedy = Remedy("quantize", "Quantize", scheme="int8_static", options={"per_channel": False})
    quantized = edited(kept, reason(), remedy, file)
    assert [(r.choice, r.selector) for r in quantized.rules] == [("int8_static", i) for i in CONVS]
    assert all(r.options == {"per_channel": False} for r in quantized.rules)
    assert edited(Recipe(clean=False), reason(), Remedy("clean", "Clean"), file).clean


def test_set_option_changes_every_rule_of_its_scheme_and_says_no_default(opened: MainWindow) -> None:
    file = opened.bench.document.opened
    assert file is not None
    recipe = treat(Recipe(), "quantization", "int8_static", CONVS, {"activations": "int8", "ranges": "mse"})
    recipe = treat(recipe, "pruning", "magnitude_weights", CONVS[:1], {"ratio": 0.5})
    remedy = Remedy("set_option", "Quantize as uint8", scheme="int8_static", options={"activations": "auto"})
    after = edited(recipe, reason(), remedy, file)
    assert [dict(r.options) for r in after.rules] == [{"ranges": "mse"}, {"ranges": "mse"}, {"ratio": 0.5}]


def test_a_remedy_that_changes_nothing_says_why(opened: MainWindow) -> None:
    file = opened.bench.document.opened
    assert file is not None
    keep = Remedy("keep_float", "Keep")
    assert why_not(Recipe(), reason(), keep, file, Recipe()) == ""
    done = edited(Recipe(), reason(), keep, file)
    assert "has this already" in why_not(done, reason(), keep, file, Recipe())
    assert "change nothing" in why_not(done, reason(), keep, file, done)
    assert why_not(done, reason(), Remedy("runtime", "Two threads", options={"threads": 2}), file, done) == ""
    assert Rule("quantization", "float", CONVS[0]) in done.rules
