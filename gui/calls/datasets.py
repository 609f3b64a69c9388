"""The samples of the open file, each set read once. Worker thread only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from engine.progress import Progress
from gui.data_choice import DataChoice, DataFound
from gui.language import tr

if TYPE_CHECKING:
    from engine.data.preview import Preview
    from engine.data.samples import Dataset
    from gui.opened import Opened


class Datasets:
    """``changed`` is told when what was built on samples of before no longer holds."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._datasets: dict[str, Dataset] = {}
        self._choices: dict[Path, DataChoice] = {}
        self._looked_at: tuple[Path, DataChoice, Dataset] | None = None

    def forget(self) -> None:
        """Another file is open."""
        self._datasets.clear()
        self._looked_at = None

    def open(self, opened: Opened, path: Path, choice: DataChoice, *, progress: Progress) -> DataFound:
        """Take these samples from now on where this path is named."""
        dataset = self._taken(opened, path, choice, progress)
        if self._choices.get(path, DataChoice()) != choice:
            self._changed()
        self._choices[path] = choice
        self._datasets[str(path)] = dataset
        return found_in(dataset)

    def check(self, opened: Opened, path: Path, choice: DataChoice, *, progress: Progress) -> DataFound:
        """What ``open`` would find; nothing changes."""
        dataset = self._taken(opened, path, choice, progress)
        self._looked_at = (path, choice, dataset)
        return found_in(dataset)

    def preview(
        self, opened: Opened, path: Path, choice: DataChoice, part: str, number: int, *, progress: Progress
    ) -> Preview:
        """One sample as the model gets it. For glances, after ``check``."""
        from engine.data.preview import preview

        progress.step(tr("Reading a sample"))
        looked_at = self._looked_at
        there = looked_at is not None and looked_at[:2] == (path, choice)
        dataset = looked_at[2] if there and looked_at is not None else self._taken(opened, path, choice, progress)
        return preview(dataset.calibration if part == "calibration" else dataset.evaluation, number)

    def _taken(self, opened: Opened, path: Path, choice: DataChoice, progress: Progress) -> Dataset:
        from engine.data.dataset import open_dataset
        from engine.data.options import DataOptions
        from engine.graph.shapes import inputs
        from engine.options import with_values

        progress.step(tr("Reading {name}").format(name=path.name))
        settings = opened.settings
        return open_dataset(
            path,
            inputs(opened.source.model),
            samples=choice.samples or None,
            seed=settings.seed,
            values=settings.inputs,
            shapes=settings.shapes,
            options=with_values(DataOptions(), choice.options, tr("the data")),
            progress=progress,
        )

    def get(self, opened: Opened, path: Path | None) -> Dataset:
        from engine.data.samples import Dataset
        from engine.data.synthetic import synthetic

        key = str(path)
        if key not in self._datasets:
            if path is None:
                samples = synthetic(opened.source.model, opened.settings, max(1, opened.settings.batch))
                self._datasets[key] = Dataset(samples, samples, "none")
            else:
                choice = self._choices.get(path, DataChoice())
                self._datasets[key] = self._taken(opened, path, choice, Progress())
        return self._datasets[key]


def found_in(dataset: Dataset) -> DataFound:
    split = dataset.split == "named"
    return DataFound(len(dataset.calibration), len(dataset.evaluation), split, dataset.report)
