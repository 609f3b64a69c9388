"""The one stylesheet, written in theme tokens."""

from __future__ import annotations

import string
from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gui.theme import Tokens

_SHEET = string.Template("""
* { outline: 0; }
QMainWindow, QDialog { background: $window; }
QToolTip { background: $raised; color: $text; border: 1px solid $strong_border; padding: 4px 8px; }

QMenuBar { background: $window; border: 0; padding: 0 4px; }
QMenuBar::item { padding: 4px 8px; border-radius: 4px; background: transparent; }
QMenuBar::item:selected { background: $hover; }
QMenu { background: $surface; border: 1px solid $strong_border; padding: 4px; }
QMenu::item { padding: 4px 24px 4px 8px; border-radius: 4px; }
QMenu::icon { padding-left: 8px; }
QMenu::item:selected { background: $selection; }
QMenu::item:disabled { color: $muted; }
QMenu::separator { height: 1px; background: $border; margin: 4px 8px; }

QToolBar { background: $window; border: 0; border-bottom: 1px solid $border; padding: 4px 8px; spacing: 2px; }
QToolBar::separator { width: 1px; background: $border; margin: 4px; }
QToolButton { border: 1px solid transparent; border-radius: 4px; padding: 4px 8px; background: transparent; }
QToolButton:hover { background: $hover; }
QToolButton:pressed, QToolButton:checked { background: $selection; }
QToolButton:disabled { color: $muted; }
QToolButton:focus { border-color: $accent; }
QToolButton::menu-indicator { image: none; }
QToolButton#data::menu-indicator, QToolButton#inputs::menu-indicator { image: url("$arrow_down"); width: 10px;
    height: 10px; subcontrol-origin: padding; subcontrol-position: center right; right: 4px; }
QToolButton#qt_toolbar_ext_button { qproperty-icon: url("$arrow_right"); padding: 0; min-width: 16px; }
QToolButton#data { padding: 4px 8px 4px 6px; }
QToolButton#inputs { padding: 4px 16px 4px 6px; }
QToolButton#runtime_options { padding: 4px 6px; }
QToolButton#bordered { border-color: $strong_border; padding: 4px 8px; }
QToolButton#bordered:disabled { border-color: $border; }
QToolButton#bordered:focus { border-color: $accent; }
QToolButton#primary { background: $accent; color: $on_accent; }
QToolButton#primary:hover { background: $accent_hover; }
QToolButton#primary:disabled { background: $hover; color: $muted; }
QToolButton#primary:focus { border-color: $text; }

QPushButton { background: $surface; border: 1px solid $strong_border; border-radius: 4px; padding: 4px 12px;
              min-height: 20px; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $selection; }
QPushButton:focus { border-color: $accent; }
QPushButton:disabled { color: $muted; border-color: $border; background: $window; }
QPushButton:default { background: $accent; color: $on_accent; border-color: $accent; }
QPushButton:default:hover { background: $accent_hover; }
QPushButton:default:focus { border-color: $text; }
QPushButton:default:disabled { background: $hover; color: $muted; border-color: $border; }
QPushButton#primary { background: $accent; color: $on_accent; border-color: $accent; }
QPushButton#primary:hover { background: $accent_hover; }
QPushButton#primary:focus { border-color: $text; }
QPushButton#primary:disabled { background: $hover; color: $muted; border-color: $border; }
QPushButton[flat="true"] { border-color: transparent; background: transparent; color: $accent; padding: 4px 8px;
                           text-align: left; }
QPushButton#link { padding: 4px 0; }
QPushButton[flat="true"]:hover { background: $hover; }
QPushButton[flat="true"]:focus { border-color: $accent; }

QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox, QPlainTextEdit, QTextEdit {
    background: $surface; border: 1px solid $strong_border; border-radius: 4px; padding: 2px 8px;
    selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit, QComboBox { min-height: 22px; }
QSpinBox, QDoubleSpinBox { min-height: 20px; max-height: 22px; }
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus, QPlainTextEdit:focus { border-color: $accent; }
QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QComboBox:disabled { color: $muted;
    border-color: $border; background: $window; }
QSpinBox, QDoubleSpinBox { padding: 2px 2px 2px 4px; }
QAbstractSpinBox > QLineEdit { border: 0; padding: 0 4px; background: transparent; min-height: 0; }
QFileDialog { backward-icon: url("$back"); forward-icon: url("$forward");
    filedialog-parent-directory-icon: url("$parent"); }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QComboBox::drop-down { border: 0; width: 20px; }
QComboBox::down-arrow { image: url("$arrow_down"); width: 10px; height: 10px; }
QSpinBox::up-button, QDoubleSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::down-button {
    border: 0; width: 16px; background: transparent; }
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url("$arrow_up"); width: 8px; height: 8px; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow { image: url("$arrow_down"); width: 8px; height: 8px; }
QComboBox QAbstractItemView { background: $surface; border: 1px solid $strong_border; padding: 4px;
    selection-background-color: $selection; selection-color: $text; }

QTableView, QTreeView, QListView { background: $surface; border: 1px solid $surface;
    alternate-background-color: $alternate; selection-background-color: $selection; selection-color: $text;
    gridline-color: transparent; }
QTableView:focus, QTreeView:focus, QListView:focus { border-color: $accent; }
QTableView::item { padding: 0 5px; border: 0; }
QTreeView::item { min-height: 24px; padding: 0 5px; border: 0; }
QListView::item { min-height: 24px; padding: 0 8px; border: 0; }
QTableView::item:selected, QTreeView::item:selected, QListView::item:selected { background: $selection; color: $text; }
QTreeView::branch { background: transparent; }
QTreeView::branch:selected { background: $selection; }
QTreeView::branch:has-children:closed { image: url("$arrow_right"); }
QTreeView::branch:has-children:open { image: url("$arrow_down"); }
QHeaderView { background: $raised; border: 0; }
QHeaderView::section { background: $raised; color: $muted; border: 0; border-bottom: 1px solid $border;
    padding: 4px 8px; font-weight: 500; }
QHeaderView::section:hover { background: $hover; color: $text; }
QHeaderView::down-arrow { image: url("$arrow_down"); width: 8px; height: 8px; subcontrol-position: center left; }
QHeaderView::up-arrow { image: url("$arrow_up"); width: 8px; height: 8px; subcontrol-position: center left; }
QAbstractScrollArea::corner { background: transparent; border: 0; }
QDialog QSplitter::handle { background: transparent; }
QTableCornerButton::section { background: $raised; border: 0; }

QTabWidget::pane { border: 0; background: $surface; }
QTabBar { background: $window; qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: $muted; padding: 6px 9px; border: 0;
    border-bottom: 2px solid transparent; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QTabBar::tab:focus { color: $accent; }
QTabBar::tear { width: 0; }
QTabBar QToolButton { background: $window; border: 0; min-width: 18px; padding: 0; }
QTabBar QToolButton:hover { background: $hover; }
QTabBar QToolButton::left-arrow { image: url("$arrow_left"); width: 12px; height: 12px; }
QTabBar QToolButton::right-arrow { image: url("$arrow_right"); width: 12px; height: 12px; }

QSplitter::handle { background: $border; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QSplitter::handle:hover { background: $accent; }
QScrollArea > QWidget > QWidget { background: $surface; border: 0; }
QScrollArea { background: $surface; border: 1px solid $surface; }
QScrollArea#plain, QScrollArea#plain > QWidget > QWidget { background: transparent; }
QScrollArea#plain { border-color: $window; }
QScrollArea:focus, QScrollArea#plain:focus { border-color: $accent; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: $strong_border; border-radius: 3px; margin: 3px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QProgressBar { background: $hover; border: 0; border-radius: 3px; max-height: 6px; min-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QSlider::groove:horizontal { background: $strong_border; height: 4px; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $accent; border-radius: 2px; }
QSlider::handle:horizontal { background: $surface; border: 2px solid $accent; width: 10px; height: 10px;
    margin: -5px 0; border-radius: 7px; }
QSlider::handle:horizontal:hover { background: $selection; }
QSlider::handle:horizontal:focus { border-color: $text; }
QCheckBox { spacing: 8px; }
QCheckBox::indicator { width: 14px; height: 14px; border: 1px solid $strong_border; border-radius: 3px;
    background: $surface; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url("$check"); }
QCheckBox::indicator:focus { border-color: $text; }
QCheckBox:focus { color: $accent; }
QStatusBar { background: $window; border-top: 1px solid $border; }
QStatusBar::item { border: 0; }

QFrame#panel { background: $surface; border: 0; }
QFrame#panelhead { background: $window; border: 0; border-bottom: 1px solid $border; }
QFrame#rule { background: $border; border: 0; max-height: 1px; min-height: 1px; }
QFrame#card { background: $raised; border: 1px solid $border; border-radius: 8px; }
QFrame#card QTableView, QFrame#card QPlainTextEdit { background: $raised; border-color: $raised; padding: 0; }
QPlainTextEdit#log { border-color: $surface; border-radius: 0; padding: 8px; }
QFrame#card QTableView:focus, QFrame#card QPlainTextEdit:focus, QPlainTextEdit#log:focus { border-color: $accent; }
QFrame#drop { background: $surface; border: 2px dashed $strong_border; border-radius: 12px; }
QFrame#drop[inside="true"] { border-color: $accent; background: $info_surface; }
QFrame#message { border: 0; border-bottom: 1px solid $border; background: $info_surface; }
QFrame#message[level="warning"] { background: $warning_surface; }
QFrame#message[level="error"] { background: $error_surface; }
QLabel#title { font-size: 16px; font-weight: 600; }
QLabel#strong { font-weight: 600; }
QLabel#section { color: $muted; font-size: 11px; font-weight: 600; }
QLabel#muted, QLabel#hint { color: $muted; }
QLabel#small { color: $muted; font-size: 11px; }
QLabel#mark { background: $info_surface; color: $text; border-radius: 4px; padding: 2px 6px; font-size: 11px; }
QLabel#good { color: $good; }
QLabel#bad { color: $bad; }
QLabel#stale { color: $muted; font-style: italic; }
QLabel#warning { color: $bad; }
""")


def stylesheet(tokens: Tokens) -> str:
    from gui.icons import icon_file

    arrows = {f"arrow_{way}": icon_file(f"chevron-{way}", tokens.muted) for way in ("up", "down", "left", "right")}
    ways = {"back": "left", "forward": "right", "parent": "up"}
    arrows |= {name: icon_file(f"chevron-{way}", tokens.text) for name, way in ways.items()}
    arrows["check"] = icon_file("verify", tokens.on_accent)
    return _SHEET.substitute(asdict(tokens) | arrows)
