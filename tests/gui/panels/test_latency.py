"""The latency panel: what it says where there is nothing to show."""

from __future__ import annotations

from gui.main_window import MainWindow
from gui.panels.latency import NOT_YET, OTHERWISE
from tests.gui.test_document import measurement


def test_measured_with_other_settings_is_not_called_unmeasured(opened: MainWindow) -> None:
    document, panel = opened.bench.document, opened.panels["latency"]
    assert panel._empty.text.text() == NOT_YET  # type: ignore[attr-defined]
    document.add_measurement(document.key(), measurement(2.0))
    document.set_settings(threads=7)
    assert panel._empty.text.text() == OTHERWISE  # type: ignore[attr-defined]
    assert not panel._empty.isHidden()  # type: ignore[attr-defined]
