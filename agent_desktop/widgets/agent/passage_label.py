"""A passage of an article with the sentence that answers marked."""

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy

from agent_desktop.theme import Theme
from agent_desktop.view_models.passage import Excerpt


class PassageLabel(QLabel):
    """Wraps; can be marked and copied with the mouse."""

    def __init__(self, passage: Excerpt, *, theme: Theme) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        before, answer, after = (
            escape(part).replace("\n", " ")
            for part in (passage.before, passage.answer, passage.after)
        )
        marked = f'<span style="background-color:{theme.answer_surface}">{answer}</span>'
        words = f"{before}{marked if answer else ''}{after}"
        self.setText(f'<p style="line-height:130%; margin:0">{words}</p>')
        self.setAccessibleName(f"{passage.before}{passage.answer}{passage.after}")
