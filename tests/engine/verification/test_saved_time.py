"""What each layer gains of the work that it does alone or with others."""

from __future__ import annotations

from engine.explain.pair import Piece
from engine.verification.saved_time import shared


def piece(*layers: str, saved: float) -> Piece:
    return Piece(layers, 100.0, 100.0 - saved + 5.0, 5.0, 0.0, True)


def test_work_that_a_layer_leads_alone_is_its_own() -> None:
    assert shared([piece("a", saved=30.0), piece("b", saved=-10.0)], {"a", "b"}, {"a": 1}) == {"a": 30.0, "b": -10.0}


def test_work_of_several_is_divided_by_what_they_compute() -> None:
    found = shared([piece("conv", "other", "add", saved=40.0)], {"conv", "other", "add"}, {"conv": 300, "other": 100})
    assert found == {"conv": 30.0, "other": 10.0, "add": 0.0}


def test_work_without_products_is_divided_equally() -> None:
    assert shared([piece("add", "mul", saved=40.0)], {"add", "mul"}, {}) == {"add": 20.0, "mul": 20.0}


def test_a_layer_that_is_not_treated_takes_no_part() -> None:
    assert shared([piece("conv", "sigmoid", saved=40.0)], {"sigmoid"}, {"conv": 300}) == {"sigmoid": 40.0}
