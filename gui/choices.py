"""Short names of schemes and pruning methods, for marks and lists: a key in words.

A plugin that is not of Lathe itself has its key in English here.
"""

from __future__ import annotations

from collections.abc import Callable

from gui.language import mark, tr

NAMES = (
    mark("float16"), mark("bfloat16"), mark("int8 static"), mark("int8 dynamic"), mark("int8 weights"),
    mark("int4 weights"), mark("magnitude weights"), mark("two of four"), mark("l1 channels"), mark("l2 channels"),
    mark("activation channels"), mark("bn scale channels"), mark("random channels"), mark("reconstruction channels"),
    mark("low rank"),
)  # fmt: skip
"""What the translators get to know."""


def choice_text(choice: str, say: Callable[[str], str] = tr) -> str:
    return say(choice.replace("_", " "))
