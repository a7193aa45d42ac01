"""Labels: plain text in one of the looks of the theme, never HTML from outside."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from agent_desktop.widgets.shared.elided_label import ElidedLabel


def label(
    text: str = "", *, look: str = "body", wraps: bool = False, parent: QWidget | None = None
) -> QLabel:
    """A label. Looks: brand, body, muted, small, small-muted, strong, name, figure, error."""
    made = QLabel(text, parent)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("look", look)
    if wraps:  # one or two lines; longer text is a `Paragraph`
        made.setWordWrap(True)
        made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return made


def caption(text: str, *, look: str = "caption") -> QLabel:
    """The title of a panel: small, bold, spaced, upper case."""
    made = ElidedLabel(text.upper(), look=look)
    made.setToolTip("")
    if " " not in text:  # a single word is not cut: its neighbours are
        made.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
    made.setAccessibleName(text)
    font = made.font()
    font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 106)
    made.setFont(font)
    return made


def set_look(widget: QWidget, look: str, *, tone: str | None = None) -> None:
    """Change the look (and tone) of a widget that is already on screen."""
    if widget.property("look") == look and widget.property("tone") == tone:
        return
    widget.setProperty("look", look)
    widget.setProperty("tone", tone)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def show_when(holds: bool, widget: QWidget) -> None:
    """Show or hide; one that stands nowhere yet is not shown: it would be a window of its own."""
    if holds and widget.parentWidget() is None:
        widget.setAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide, False)
        widget.setAttribute(Qt.WidgetAttribute.WA_WState_Hidden, False)
    else:
        widget.setVisible(holds)
