"""Data: where samples come from, how they are prepared, what was left out, and what the model really gets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from engine.errors import EngineError, UsageError
from engine.options import with_values
from gui import numbers
from gui.data_choice import DataChoice, DataFound, report_lines
from gui.form import OptionsForm
from gui.language import mark, tr
from gui.messages import in_the_window
from gui.panels.elided import Elided
from gui.panels.parts import CalmCombo, CalmSpin, breakable, label, section
from gui.workbench import Workbench

if TYPE_CHECKING:
    from engine.data.preview import Preview

PICTURE = 264
NONE = mark("No samples are chosen: inputs are random. Choose a folder or a file.")


class DataDialog(QDialog):
    """Nothing is used before the button says so; what the form says is looked at with Check."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench.window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Data"))
        from engine.data.options import DataOptions

        document = bench.document
        self._bench, self._path, self._open = bench, document.data, True
        self._checked: tuple[Path, DataChoice] | None = None
        self._found: DataFound | None = None
        self._number = 0
        choice = document.data_choice
        self.where = Elided("strong")
        self.folder, self.file = QPushButton(tr("Folder…")), QPushButton(tr("File…"))
        self.folder.clicked.connect(self._ask_folder)
        self.file.clicked.connect(self._ask_file)
        self.samples = CalmSpin()
        self.samples.setRange(0, 10_000_000)
        self.samples.setSpecialValueText(tr("all"))
        self.samples.setValue(choice.samples)
        self.samples.setAccessibleName(tr("Samples of each part"))
        self.form = OptionsForm(stacked=True)
        self.form.show_options(DataOptions())
        shown = with_values(DataOptions(), choice.options, "the data")
        for name, field in self.form.fields.items():
            field.set(getattr(shown, name))
        self.check = QPushButton(tr("Check"))
        self.check.setToolTip(tr("Open the samples as the form says, and look at them"))
        self.check.clicked.connect(self.look)
        self.part = CalmCombo()
        self.part.setAccessibleName(tr("Part that is shown"))
        self.part.addItems([tr("Calibration"), tr("Evaluation")])
        self.part.setMinimumContentsLength(12)
        self.part.currentIndexChanged.connect(lambda _: self._step(-self._number))
        self.before, self.after = QPushButton(tr("Previous")), QPushButton(tr("Next"))
        self.before.clicked.connect(lambda: self._step(-1))
        self.after.clicked.connect(lambda: self._step(1))
        for button in (self.folder, self.file, self.check, self.before, self.after):
            button.setAutoDefault(False)
        self.picture = QLabel()
        self.picture.setFixedSize(PICTURE, PICTURE)
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture.setObjectName("mark")
        self.told = label("", "", wrap=True)
        self.report = QVBoxLayout()
        self.report.setSpacing(4)
        self._arrange()
        self.finished.connect(self._closed)
        self._show_path()
        self._show_found()
        if self._path is not None:
            self.look()

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.where, 1)
        top.addWidget(self.folder)
        top.addWidget(self.file)
        count = QFormLayout()
        count.setHorizontalSpacing(12)
        count.addRow(tr("Samples of each part"), self.samples)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 12, 0)
        column.addLayout(count)
        column.addWidget(self.form)
        column.addStretch(1)
        area = QScrollArea()
        area.setAccessibleName(tr("How samples are read"))
        area.setObjectName("plain")
        area.setWidget(page)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(section(tr("How samples are prepared")))
        left.addWidget(area, 1)
        left.addWidget(self.check)
        steps = QHBoxLayout()
        steps.setSpacing(8)
        for widget in (self.part, self.before, self.after):
            steps.addWidget(widget)
        steps.addStretch(1)
        shown = QHBoxLayout()
        shown.setSpacing(16)
        shown.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignTop)
        self.told.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        shown.addWidget(self.told, 1)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(section(tr("What the model gets")))
        right.addLayout(steps)
        right.addLayout(shown)
        right.addWidget(section(tr("What was found")))
        right.addLayout(self.report)
        right.addStretch(1)
        both = QHBoxLayout()
        both.setSpacing(24)
        both.addLayout(left, 2)
        both.addLayout(right, 3)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.use = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        self.use.setText(tr("Use this data"))
        self.use.setDefault(True)
        self.buttons.accepted.connect(self._apply)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(12)
        layout.addLayout(top)
        layout.addLayout(both, 1)
        layout.addWidget(self.buttons)
        self.resize(960, 620)

    # -- asking --------------------------------------------------------------------------------------------------

    def _ask_folder(self) -> None:
        start = self._bench.settings.value.folder
        if name := QFileDialog.getExistingDirectory(self, tr("Choose a folder of samples"), start):
            self.take(Path(name))

    def _ask_file(self) -> None:
        start = self._bench.settings.value.folder
        name, _ = QFileDialog.getOpenFileName(self, tr("Choose a file of samples"), start, tr("Arrays (*.npz)"))
        if name:
            self.take(Path(name))

    def take(self, path: Path) -> None:
        self._path = path
        self._show_path()
        self.look()

    def _choice(self) -> DataChoice:
        """What the form says.

        Raises:
            UsageError: a field holds no value of its option.
        """
        return DataChoice(self.samples.value(), self.form.changes())

    def look(self) -> None:
        """Open the samples as the form says."""
        opened = self._bench.document.opened
        if self._path is None or opened is None or self._bench.jobs.busy:
            return
        try:
            choice = self._choice()
        except UsageError as error:
            self._fail(error)
            return
        asked = (self._path, choice)
        self._checked = None
        self._found = None
        self._say([("", tr("Reading …"))])
        self._enable()

        def done(found: DataFound) -> None:
            if self._open:
                self._checked, self._found = asked, found
                self._show_found()
                self._step(-self._number)

        self._bench.jobs.run(
            tr("Reading {name}").format(name=self._path.name), self._bench.workshop.datasets.check, opened, self._path,
            choice, done=done, failed=self._fail,
        )  # fmt: skip

    def _fail(self, error: EngineError) -> None:
        if self._open:
            self._say([("warning", in_the_window(str(error)))])
            self._show_sample(None)
            self._enable()

    def _step(self, by: int) -> None:
        opened = self._bench.document.opened
        count = self._count
        if self._checked is None or opened is None or not count:
            self._show_sample(None)
            return
        self._number = min(max(0, self._number + by), count - 1)
        path, choice = self._checked
        part, number = ("calibration", "evaluation")[self.part.currentIndex()], self._number

        def done(found: Preview) -> None:
            if self._open and (part, number) == (("calibration", "evaluation")[self.part.currentIndex()], self._number):
                self._show_sample(found)

        self._bench.glances.run(
            tr("Reading a sample"), self._bench.workshop.datasets.preview, opened, path, choice, part, number,
            done=done, failed=self._fail,
        )  # fmt: skip
        self._enable()

    def _apply(self) -> None:
        from gui.actions.file import choose_data

        try:
            choice = self._choice()
        except UsageError as error:
            self._fail(error)
            return
        choose_data(self._bench, self._path, choice)
        self.accept()

    def _closed(self) -> None:
        self._open = False

    # -- showing -------------------------------------------------------------------------------------------------

    @property
    def _count(self) -> int:
        found = self._found
        return 0 if found is None else found.evaluation if self.part.currentIndex() else found.calibration

    def _show_path(self) -> None:
        self.where.show_text(str(self._path) if self._path is not None else tr(NONE))
        self._enable()

    def _enable(self) -> None:
        self.check.setEnabled(self._path is not None)
        self.use.setEnabled(self._path is not None and self._found is not None)
        self.before.setEnabled(self._number > 0 and bool(self._count))
        self.after.setEnabled(self._number < self._count - 1)
        self.part.setEnabled(self._found is not None and self._found.split)

    def _show_found(self) -> None:
        found = self._found
        self._say(report_lines(found) if found is not None else [])
        self._enable()

    def _say(self, lines: list[tuple[str, str]]) -> None:
        while (item := self.report.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        for level, text in lines:
            line = label(breakable(text), level or "muted", wrap=True)
            line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            line.setMinimumWidth(1)
            self.report.addWidget(line)

    def _show_sample(self, found: Preview | None) -> None:
        if found is None:
            self.picture.clear()
            self.told.setText("")
            return
        if found.picture is None:
            self.picture.setText(tr("no picture"))
        else:
            height, width = found.picture.shape[:2]
            image = QImage(found.picture.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888)
            smooth = Qt.TransformationMode.SmoothTransformation if max(height, width) > PICTURE \
                else Qt.TransformationMode.FastTransformation  # fmt: skip
            size = self.picture.size()
            pixmap = QPixmap.fromImage(image).scaled(size, Qt.AspectRatioMode.KeepAspectRatio, smooth)
            self.picture.setPixmap(pixmap)
        self.told.setText("\n".join(breakable(line) for line in sample_lines(found, self._number, self._count)))


def sample_lines(found: Preview, number: int, count: int) -> list[str]:
    """Name, label, shape and the range of each channel."""
    lines = [found.name, tr("Sample {number} of {count}").format(number=number + 1, count=count)]
    lines.append(tr("No label") if found.label is None else tr("Label {label}").format(label=found.label))
    lines += [f"{name}: {numbers.shape(array.shape)} {array.dtype}" for name, array in found.feeds.items()]
    for place, channel in enumerate(found.channels):
        low, high, mean = (numbers.three(value) for value in (channel.low, channel.high, channel.mean))
        text = tr("Channel {number}: {low} to {high}, mean {mean}")
        lines.append(text.format(number=place, low=low, high=high, mean=mean))
    if found.picture is not None and not found.exact:
        lines.append(tr("The picture is scaled to its own range"))
    return lines
