"""One passage found for a try: rank, article, where it was before, the answer marked."""

from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy

from agent_desktop.theme import GAP, GAP_SMALL, GAP_TINY, Theme, Tone
from agent_desktop.translation import tr
from agent_desktop.view_models.passage import excerpt
from agent_desktop.view_models.rank_moves import Move, Ranked, move_words
from agent_desktop.widgets.shared.chip import Chip
from agent_desktop.widgets.shared.elided_label import ElidedLabel
from agent_desktop.widgets.shared.key_button import KeyButton
from agent_desktop.widgets.shared.layout import column, row
from assist_engine.contract.values import Certainty, certainty_of

EXCERPT = 200
_MOVE_TONES = {
    Move.NEW: Tone.POSITIVE,
    Move.UP: Tone.POSITIVE,
    Move.DOWN: Tone.NEGATIVE,
    Move.GONE: Tone.NEGATIVE,
    Move.SAME: Tone.NEUTRAL,
}


class FoundCard(QFrame):
    """`open_wanted(ArticleId)` when the person wants to see the article."""

    open_wanted = Signal(object)

    def __init__(self, line: Ranked, *, theme: Theme, can_move: bool) -> None:
        super().__init__()
        self._line, self._theme = line, theme
        found, self._is_dim = line.found, not line.is_shown
        self.setProperty("look", "raised-accent" if line.rank == 1 and line.is_shown else "raised")
        rank = str(line.rank) if line.rank else Move.GONE.value
        title = ElidedLabel(look="muted" if self._is_dim else "strong")
        title.say(f"{rank}  {found.title}")
        self._moved = move_words(line) if can_move else ""
        head = row(gap=GAP_SMALL)
        head.addWidget(title, 1)
        head.addWidget(Chip(self._sure(), theme=theme, tone=self._sure_tone()))
        layout = column(head, gap=GAP_TINY, margins=(GAP, GAP_SMALL, GAP, GAP_SMALL))
        if line.rank:
            layout.addWidget(self._words())
        layout.addWidget(self._foot())
        self.setLayout(layout)
        spoken = (f"{rank}: {found.title}", self._sure(), self._moved)
        self.setAccessibleName(", ".join(part for part in spoken if part))

    def _words(self) -> QLabel:
        found, soft = self._line.found, self._theme.muted
        cut = excerpt(found.passage, found.answer, limit=EXCERPT)
        ground = self._theme.raised if self._is_dim else self._theme.answer_surface
        ink = soft if self._is_dim else self._theme.text
        marked = f'<span style="background:{ground};color:{ink}">{escape(cut.answer)}</span>'
        html = f'<span style="color:{soft}">{escape(cut.before)}</span>{marked}'
        words = QLabel(f'{html}<span style="color:{soft}">{escape(cut.after)}</span>')
        words.setTextFormat(Qt.TextFormat.RichText)
        words.setWordWrap(True)
        words.setProperty("look", "small")
        words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        words.setAccessibleName(cut.before + cut.answer + cut.after)
        return words

    def _foot(self) -> QFrame:
        found = self._line.found
        open_button = KeyButton(tr("Open"), theme=self._theme, look="quiet")
        open_button.setAccessibleName(tr("Open {title}", title=found.title))
        open_button.clicked.connect(lambda: self.open_wanted.emit(found.article_id))
        note = ElidedLabel(look="small-muted")
        note.say(self._note())
        holder = QFrame()
        tone = _MOVE_TONES[self._line.move]
        layout = row(Chip(self._moved, theme=self._theme, tone=tone), gap=GAP_SMALL)
        layout.addWidget(note, 1)
        layout.addWidget(open_button)
        holder.setLayout(layout)
        return holder

    def _note(self) -> str:
        if not self._line.rank:
            return tr("no longer found")
        return tr("too unsure: agents do not see it") if self._is_dim else self._line.found.heading

    def _sure(self) -> str:
        if not self._line.rank:
            return ""
        return {
            Certainty.LIKELY: tr("likely"),
            Certainty.POSSIBLE: tr("possible"),
            Certainty.UNCLEAR: tr("unclear"),
        }[certainty_of(self._line.found.score)]

    def _sure_tone(self) -> Tone:
        is_likely = certainty_of(self._line.found.score) is Certainty.LIKELY
        return Tone.POSITIVE if is_likely and not self._is_dim else Tone.NEUTRAL
