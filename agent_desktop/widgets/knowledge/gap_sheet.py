"""One gap: what callers asked in their own words, who looks after it, and writing the article."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from agent_desktop.theme import GAP_SMALL, Theme, Tone
from agent_desktop.translation import tr
from agent_desktop.view_models.gap_list import gap_state_word, trend_words
from agent_desktop.view_models.knowledge_model import KnowledgeModel
from agent_desktop.view_models.marked_words import readable
from agent_desktop.view_models.note import Note
from agent_desktop.widgets.knowledge.note_list import NotesBox
from agent_desktop.widgets.shared.chip import Chip
from agent_desktop.widgets.shared.field import Field
from agent_desktop.widgets.shared.key_button import KeyButton
from agent_desktop.widgets.shared.layout import row
from agent_desktop.widgets.shared.overlay import Overlay
from agent_desktop.widgets.shared.text import label
from assist_engine.contract.knowledge_answers import Gap, GapState


class GapSheet(Overlay):
    """Follows `GapList.gap`. `written`: the article is on its way into the editor."""

    written = Signal()

    def __init__(self, parent: QWidget, model: KnowledgeModel, *, theme: Theme) -> None:
        super().__init__(
            parent, theme=theme, title=tr("Asked, not answered"), width=640, height=440
        )
        self._model = model
        self._facts = label("", look="small-muted", wraps=True)
        self._state = Chip(theme=theme)
        self._told = label("", look="small-muted", wraps=True)
        self._problem = label("", look="error", wraps=True)
        self._questions = NotesBox(tr("What callers asked"), theme=theme)
        self._owner = Field(tr("Owner"), hint=tr("Who looks after it"))
        self._write = KeyButton(tr("Write the article"), theme=theme, cap="↵", look="primary")
        self._ignore = KeyButton(tr("Ignore"), theme=theme)
        self._ignore.describe(tr("Not a question for the knowledge base"))
        self._close = KeyButton(tr("Close"), theme=theme, cap="Esc")
        self._arrange()
        self._owner.entered.connect(self._set_owner)
        self._owner.left.connect(self.close_sheet)
        self._write.clicked.connect(self._begin)
        self._ignore.clicked.connect(self._put_away)
        self._close.clicked.connect(self.close_sheet)
        self.closed.connect(lambda: model.gaps.look_at(None))
        model.gaps.changed.connect(self.refresh)
        model.editor.changed.connect(self.refresh)

    def ask(self) -> None:
        """Show the gap that is looked at."""
        self._owner.setText(self._model.gaps.gap.owner if self._model.gaps.gap else "")
        self.refresh()
        self.open()
        self._write.setFocus()

    @Slot()
    def refresh(self) -> None:
        """Show the gap as it is now."""
        gap = self._model.gaps.gap
        if gap is None:
            return
        self.title.setText(tr("“{label}”", label=gap.label))
        self._facts.setText(_facts(gap))
        tone = Tone.ACCENT if gap.state is GapState.DRAFTED else Tone.WARNING
        self._state.say(gap_state_word(gap.state), tone=tone)
        self._told.setText(gap.told)
        self._told.setVisible(bool(gap.told))
        problem = self._model.gaps.problem or self._model.editor.problem
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        notes = [Note(key=str(n), text=f"“{readable(q)}”") for n, q in enumerate(gap.questions)]
        self._questions.show_notes(notes, empty=tr("No example was kept"))
        begun = tr("Open the article") if gap.article_id else tr("Write the article")
        if self._write.text() != begun:
            self._write.rename(begun)

    def _arrange(self) -> None:
        body = self.sheet.body
        self.header.addWidget(self._state)
        body.addWidget(self._facts)
        body.addWidget(self._told)
        body.addWidget(self._questions, 1)
        body.addLayout(row(label(tr("Owner"), look="muted"), self._owner, gap=GAP_SMALL))
        body.addWidget(self._problem)
        body.addLayout(row(self._write, self._ignore, None, self._close, gap=GAP_SMALL))

    @Slot(str)
    def _set_owner(self, owner: str) -> None:
        self._model.gaps.update(owner=owner)
        self._write.setFocus()

    @Slot()
    def _begin(self) -> None:
        gaps = self._model.gaps
        if self._owner.text().strip() != (gaps.gap.owner if gaps.gap else ""):
            gaps.update(owner=self._owner.text())
        gaps.write()
        if not self._model.editor.problem:
            self.close_sheet()
            self.written.emit()

    @Slot()
    def _put_away(self) -> None:
        self._model.gaps.update(state=GapState.IGNORED)
        self.close_sheet()


def _facts(gap: Gap) -> str:
    asked = tr("asked {count} times", count=gap.asked)
    return " · ".join((asked, trend_words(gap)))
