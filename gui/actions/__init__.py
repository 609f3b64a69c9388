"""What the user can do, as data: each module here ends in a tuple of actions."""

from __future__ import annotations

from gui.action import Action


def all_actions() -> tuple[Action, ...]:
    from gui.actions import (
        canvas,
        channels,
        choose,
        device,
        edit,
        explain,
        file,
        layouts,
        load,
        measure,
        metric,
        preferences,
        profiles,
        report,
        sensitivity,
        session,
        share,
        variants,
        view,
        zoom,
    )

    modules = (
        file,
        session,
        report,
        profiles,
        edit,
        share,
        preferences,
        channels,
        choose,
        measure,
        device,
        explain,
        load,
        metric,
        sensitivity,
        variants,
        view,
        layouts,
        zoom,
        canvas,
    )
    table = [action for module in modules for action in module.ACTIONS]
    menus = [action.menu for action in table]
    table.insert(len(menus) - menus[::-1].index(file.LAST.menu), file.LAST)
    return tuple(table)
