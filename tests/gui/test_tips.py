"""Tooltips show what customers say as it is; what looks like HTML is no HTML."""

import pytest
from PySide6.QtGui import QTextDocument
from pytestqt.qtbot import QtBot

from agent_desktop.view_models.tip import plain_tip
from agent_desktop.widgets.shared.elided_label import ElidedLabel

NASTY = ["<img src='//evil.example/x'>", "a < b & c", "<b>late</b>", "</p><a href='x'>y</a>", "R&D"]


@pytest.mark.parametrize("text", NASTY)
def test_a_tooltip_is_its_words(qtbot: QtBot, text: str) -> None:
    label = ElidedLabel(text)
    qtbot.addWidget(label)
    shown = QTextDocument()
    tip = label.toolTip()
    (shown.setHtml if tip.startswith("<p>") else shown.setPlainText)(tip)
    assert shown.toPlainText() == text
    assert "<" not in plain_tip(text).removeprefix("<p>").removesuffix("</p>")
