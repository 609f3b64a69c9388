from __future__ import annotations

from engine.layout.scopes import Member, scoped


def names(members: list[Member]) -> list[str | None]:
    """The full path of each member's group."""
    groups, of = scoped(members)

    def path(group: int) -> str:
        above = groups[group].parent
        return groups[group].name if above < 0 else f"{path(above)} > {groups[group].name}"

    return [None if group < 0 else path(group) for group in of]


def chain(*scopes: tuple[str, ...]) -> list[Member]:
    return [Member(scope, (n - 1,) if n else ()) for n, scope in enumerate(scopes)]


def test_scopes_become_groups_within_groups() -> None:
    members = chain(("a", "x"), ("a", "x"), ("a", "y"), ("a", "y"), ("b",), ())
    assert names(members) == ["a > x", "a > x", "a > y", "a > y", None, None]


def test_a_scope_that_holds_only_another_is_joined_with_it() -> None:
    members = chain(("model", "body"), ("model", "body"), ("head",), ("head",))
    assert names(members) == ["model/body", "model/body", "head", "head"]


def test_a_module_that_is_called_twice_is_two_groups() -> None:
    """Between its calls there are other layers: one box would be before and after them."""
    members = chain(("act",), ("act",), ("conv",), ("conv",), ("act",), ("act",))
    assert names(members) == ["act · 1", "act · 1", "conv", "conv", "act · 2", "act · 2"]


def test_scopes_that_wait_for_each_other_are_no_boxes() -> None:
    """a0 -> b0 and b1 -> a1, with nothing that shows an order within a or b."""
    members = [Member(("a",), ()), Member(("b",), (0,)), Member(("b",), ()), Member(("a",), (2,))]
    assert names(members) == [None] * 4


def test_parallel_layers_of_one_scope_stay_together() -> None:
    members = [Member(("in",), ()), Member(("in",), ()), Member((), (0, 1))]
    assert names(members) == ["in", "in", None]
