"""Why PySide6 is held below 6.12: docs/decisions/0004-pyside-pin.md."""

import sys

from PySide6.QtWidgets import QApplication

from agent_desktop.link.inbox import Inbox


def test_emitting_does_not_wear_out_true(qapp: QApplication) -> None:
    box, before = Inbox(), sys.getrefcount(True)
    for _ in range(200):  # 6.12.0 on 3.11 loses one reference each time and aborts near 550
        box.arrived.emit([])
    assert sys.getrefcount(True) > before - 50
    assert qapp is not None
