"""Groups from module scopes, such that they can be drawn as boxes without lines that run back.

A scope that is used again (one activation module called twice, say) has other layers between its calls; drawn as
one box it would be before and after them at once. So a scope is split into *calls*: layer n of scope S is in call
k(n), the largest number of times that a path from S to n has left S and come back:

    k(n) = max over what n reads of  k(m)      where m is in S
                                     k'(m) + 1 where m is not, and k'(m) is the largest k of S before it

Two scopes that still wait for each other (each has layers before and after the other's) are no boxes at that level.
A scope around a single layer is none either, and one that holds nothing but another is joined with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Member:
    """One layer: its scopes, outermost first, and which layers it reads from, by their places."""

    scope: tuple[str, ...]
    before: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """``parent`` is the place of the group around it, -1 for none."""

    name: str
    parent: int


def scoped(members: Sequence[Member]) -> tuple[list[Group], list[int]]:
    """The groups, outer ones first, and for each member its innermost group, -1 for none."""
    groups: list[Group] = []
    of = [-1] * len(members)
    waiting: list[tuple[int, int, list[int], str]] = [(-1, 0, list(range(len(members))), "")]
    for parent, depth, inside, prefix in waiting:
        calls = _calls(members, inside, depth)
        if prefix and len(calls) == 1 and len(calls[0][1]) == len(inside):
            name, held = calls[0]
            waiting.append((parent, depth + 1, held, f"{prefix}/{name}"))
            continue
        home = parent
        if prefix:
            groups.append(Group(prefix, parent))
            home = len(groups) - 1
        for place in inside:
            of[place] = home
        for name, held in calls:
            if len(held) > 1:
                waiting.append((home, depth + 1, held, name))
    return groups, of


def _calls(members: Sequence[Member], inside: Sequence[int], depth: int) -> list[tuple[str, list[int]]]:
    """The scopes at one depth, split into calls, as far as they can all be boxes."""
    by_name: dict[str, list[int]] = {}
    for place in inside:
        scope = members[place].scope
        if len(scope) > depth:
            by_name.setdefault(scope[depth], []).append(place)
    here = {place: n for n, place in enumerate(inside)}
    found: list[tuple[str, list[int]]] = []
    for name, held in by_name.items():
        if len(held) == 1:
            continue
        split = _split(members, inside[here[held[0]] : here[held[-1]] + 1], set(held))
        found.extend((name if len(split) == 1 else f"{name} · {n + 1}", part) for n, part in enumerate(split))
    return _without_cycles(members, inside, [call for call in found if len(call[1]) > 1])


def _split(members: Sequence[Member], between: Sequence[int], held: set[int]) -> list[list[int]]:
    if len(between) == len(held):
        return [list(between)]
    call: dict[int, int] = {}
    parts: dict[int, list[int]] = {}
    for place in between:
        if place in held:
            number = max((call[m] + (m not in held) for m in members[place].before if call.get(m, -1) >= 0), default=0)
            parts.setdefault(number, []).append(place)
        else:
            number = max((call[m] for m in members[place].before if m in call), default=-1)
        call[place] = number
    return [parts[number] for number in sorted(parts)]


def _without_cycles(
    members: Sequence[Member], inside: Sequence[int], calls: list[tuple[str, list[int]]]
) -> list[tuple[str, list[int]]]:
    """The calls less those that are in a cycle with others, when each is one vertex."""
    home = {place: -1 - n for n, place in enumerate(inside)}
    for number, (_, held) in enumerate(calls):
        for place in held:
            home[place] = number
    waiting: dict[int, int] = dict.fromkeys(home.values(), 0)
    after: dict[int, set[int]] = {unit: set() for unit in waiting}
    for place in inside:
        for m in members[place].before:
            if m in home and home[m] != home[place] and home[place] not in after[home[m]]:
                after[home[m]].add(home[place])
                waiting[home[place]] += 1
    order = [unit for unit, count in waiting.items() if not count]
    for unit in order:
        for other in after[unit]:
            waiting[other] -= 1
            if not waiting[other]:
                order.append(other)
    done = set(order)
    return calls if len(done) == len(waiting) else [call for n, call in enumerate(calls) if n in done]
