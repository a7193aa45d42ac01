"""Text of several lines with air between them, one part of it marked where asked."""

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy

LINE_HEIGHT = 135  # per cent


class Paragraph(QLabel):
    """Wraps. What it is given is shown as it is, never read as HTML. Looks as for labels."""

    def __init__(self, text: str = "", *, look: str = "body") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setProperty("look", look)
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.say(text)

    def say(self, text: str) -> None:
        """Show a text."""
        self._set(escape(text), text)

    def say_marked(self, before: str, marked: str, after: str, *, surface: str) -> None:
        """Show a text with one part on a ground of its own; `surface` is a colour."""
        ground = f'<span style="background-color:{surface}">{escape(marked)}</span>'
        html = f"{escape(before)}{ground if marked else ''}{escape(after)}"
        self._set(html, f"{before}{marked}{after}")

    def _set(self, html: str, text: str) -> None:
        lines = html.replace("\n", " ")
        self.setText(f'<p style="line-height:{LINE_HEIGHT}%; margin:0">{lines}</p>')
        self.setAccessibleName(text)
