"""What the window asks before it opens a PyTorch program, and what it says afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from gui.language import tr
from gui.opened import NeedsInputs, NeedsTrust
from gui.panels.conversion import conversion_lines
from gui.workbench import Workbench

if TYPE_CHECKING:
    from engine.program import Conversion


def ask(bench: Workbench, question: NeedsTrust | NeedsInputs, again: Callable[[], None]) -> None:
    """Ask, and open the file again where the answer lets it."""
    bench.window.messages.hide()
    if isinstance(question, NeedsTrust):
        from gui.dialogs.trust import TrustDialog

        trust = TrustDialog(question.path, question.why, bench.window)

        def trusted() -> None:
            bench.workshop.trusted.add((question.path, question.sha256))
            told = tr("The code in {path} may run, as you said")
            bench.document.log(told.format(path=question.path), "warning")
            again()

        trust.accepted.connect(trusted)
        trust.open()
        return
    from gui.dialogs.inputs import InputsDialog

    kept = bench.settings.value
    key = str(question.path)
    dialog = InputsDialog(
        question.path.name, question.tensors, question.numbers, kept.shapes.get(key, {}), kept.inputs.get(key, {}),
        bench.window,
    )  # fmt: skip

    def answered() -> None:
        old = bench.settings.value
        shapes = {name: list(shape) for name, shape in dialog.shapes().items()}
        bench.settings.update(
            shapes={**old.shapes, key: {**old.shapes.get(key, {}), **shapes}},
            inputs={**old.inputs, key: {**old.inputs.get(key, {}), **dialog.values()}},
        )
        bench.workshop.without_inputs.discard(question.path)
        again()

    def shown() -> None:
        bench.workshop.without_inputs.add(question.path)
        again()

    dialog.accepted.connect(answered)
    dialog.skipped.connect(shown)
    dialog.open()


def told_of(conversion: Conversion) -> list[str]:
    """For the log: how it was converted, what lies between the two, or what stopped it."""
    first, *others = [f"{name}: {text}" for name, text, _ in conversion_lines(conversion)]
    told = tr("{converted}, found from before") if conversion.cached else tr("{converted}, took {seconds} s")
    lines = [told.format(converted=first, seconds=f"{conversion.seconds:.1f}"), *others]
    tips = [tip for _, _, tip in conversion_lines(conversion)]
    return [f"{line} ({tip})" if tip else line for line, tip in zip(lines, tips, strict=True)]
