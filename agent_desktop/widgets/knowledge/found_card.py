"""One passage found for a try: rank, article, how sure, the answer marked in its words."""

from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy

from agent_desktop.theme import GAP, GAP_SMALL, GAP_TINY, Theme, Tone
from agent_desktop.translation import tr
from agent_desktop.view_models.passage import excerpt
from agent_desktop.widgets.shared.chip import Chip
from agent_desktop.widgets.shared.elided_label import ElidedLabel
from agent_desktop.widgets.shared.key_button import KeyButton
from agent_desktop.widgets.shared.layout import column, row
from assist_engine.contract.knowledge_answers import FoundPassage
from assist_engine.contract.values import Certainty, certainty_of

EXCERPT = 200


class FoundCard(QFrame):
    """`open_wanted(ArticleId)` when the person wants to see the article."""

    open_wanted = Signal(object)

    def __init__(self, found: FoundPassage, *, rank: int, threshold: float, theme: Theme) -> None:
        super().__init__()
        self._found, self._theme = found, theme
        is_shown = found.score >= threshold
        self.setProperty("look", "raised-accent" if rank == 1 and is_shown else "raised")
        title = ElidedLabel(look="strong")
        title.say(f"{rank}  {found.title}")
        chip = Chip(_certainty(found.score), theme=theme, tone=_tone(found.score, is_shown))
        head = row(gap=GAP_SMALL)
        head.addWidget(title, 1)
        head.addWidget(chip)
        layout = column(head, self._words(), gap=GAP_TINY, margins=(GAP, GAP_SMALL, GAP, GAP_SMALL))
        layout.addWidget(self._foot(is_shown))
        self.setLayout(layout)
        self.setAccessibleName(f"{rank}: {found.title}, {_certainty(found.score)}")

    def _words(self) -> QLabel:
        cut = excerpt(self._found.passage, self._found.answer, limit=EXCERPT)
        marked = (
            f'<span style="background:{self._theme.answer_surface};">{escape(cut.answer)}</span>'
        )
        soft = self._theme.muted
        html = f'<span style="color:{soft}">{escape(cut.before)}</span>{marked}'
        words = QLabel(f'{html}<span style="color:{soft}">{escape(cut.after)}</span>')
        words.setTextFormat(Qt.TextFormat.RichText)
        words.setWordWrap(True)
        words.setProperty("look", "small")
        words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        words.setAccessibleName(cut.before + cut.answer + cut.after)
        return words

    def _foot(self, is_shown: bool) -> QFrame:
        open_button = KeyButton(tr("Open"), theme=self._theme, look="quiet")
        open_button.clicked.connect(lambda: self.open_wanted.emit(self._found.article_id))
        note = ElidedLabel(look="small-muted")
        unsure = tr("too unsure: agents do not see it")
        note.say(self._found.heading if is_shown else unsure)
        holder = QFrame()
        layout = row(gap=GAP_SMALL)
        layout.addWidget(note, 1)
        layout.addWidget(open_button)
        holder.setLayout(layout)
        return holder


def _certainty(score: float) -> str:
    return {
        Certainty.LIKELY: tr("likely"),
        Certainty.POSSIBLE: tr("possible"),
        Certainty.UNCLEAR: tr("unclear"),
    }[certainty_of(score)]


def _tone(score: float, is_shown: bool) -> Tone:
    is_likely = is_shown and certainty_of(score) is Certainty.LIKELY
    return Tone.POSITIVE if is_likely else Tone.NEUTRAL
