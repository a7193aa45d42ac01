"""What the next release would change: articles, findings, answers to known questions, health."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from agent_desktop.theme import GAP_LARGE, GAP_SMALL, GAP_TINY, Theme
from agent_desktop.translation import tr
from agent_desktop.view_models.effect_words import change_words, health_note, health_words
from agent_desktop.view_models.knowledge_model import KnowledgeModel
from agent_desktop.widgets.knowledge.effect_section import EffectSection
from agent_desktop.widgets.knowledge.marks import MARK_TONES
from agent_desktop.widgets.knowledge.note_list import NotesBox
from agent_desktop.widgets.knowledge.share_bar import ShareBar
from agent_desktop.widgets.shared.elided_label import ElidedLabel
from agent_desktop.widgets.shared.layout import clear, column, row
from agent_desktop.widgets.shared.scroll_column import ScrollColumn
from agent_desktop.widgets.shared.text import caption, label
from assist_engine.contract.ids import ArticleId
from assist_engine.contract.knowledge_answers import HealthPart, ReleasePreviewed

MOST_NAMED = 8


class ReleaseReport(QWidget):
    """Left: what goes in and what the check says of it. Right: what callers would notice."""

    def __init__(self, model: KnowledgeModel, *, theme: Theme) -> None:
        super().__init__()
        self._model, self._theme = model, theme
        self._names: QVBoxLayout = column(gap=GAP_TINY)
        self._findings = NotesBox(tr("What the check found"), theme=theme)
        self._right = ScrollColumn(tr("Effect on known questions"), gap=GAP_LARGE)
        left = column(caption(tr("Changed articles")), self._names, gap=GAP_SMALL)
        left.addSpacing(GAP_SMALL)
        left.addWidget(caption(tr("What the check found")))
        left.addWidget(self._findings, 1)
        right = column(caption(tr("Effect on known questions")), gap=GAP_SMALL)
        right.addWidget(self._right, 1)
        layout = row(gap=2 * GAP_LARGE)
        layout.addLayout(left, 1)
        layout.addLayout(right, 1)
        self.setLayout(layout)

    def show_preview(self, preview: ReleasePreviewed) -> None:
        """Show what publishing now would do."""
        self._name(preview.changed)
        self._findings.show_notes(
            self._model.publishing.finding_notes,
            empty=tr("Nothing to remark"),
            hint=tr("No duplicates, contradictions or dead links."),
        )
        clear(self._right.column)
        for effect in preview.effects:
            self._right.column.addWidget(
                EffectSection(effect, listing=self._model.listing, theme=self._theme)
            )
        if not preview.effects:
            nothing = tr("No golden question and no question of a call to compare with yet.")
            self._right.column.addWidget(label(nothing, look="muted", wraps=True))
        if preview.health_parts:
            self._right.column.addWidget(_Health(preview, theme=self._theme))

    def _name(self, changed: tuple[ArticleId, ...]) -> None:
        clear(self._names)
        listing = self._model.listing
        for article_id in changed[:MOST_NAMED]:
            article = listing.find(article_id)
            name = ElidedLabel(look="body")
            name.say(change_words(article) if article else str(article_id))
            self._names.addWidget(name)
        if len(changed) > MOST_NAMED:
            more = tr("and {count} more", count=len(changed) - MOST_NAMED)
            self._names.addWidget(label(more, look="small-muted"))


class _Health(QWidget):
    """The score and its parts, each with a bar and what it counts."""

    def __init__(self, preview: ReleasePreviewed, *, theme: Theme) -> None:
        super().__init__()
        words = health_words(preview.health)
        self.setAccessibleName(words)
        layout = column(label(words, look="strong"), gap=GAP_SMALL)
        for part in preview.health_parts:
            layout.addLayout(_health_line(part, theme=theme))
        self.setLayout(layout)


def _health_line(part: HealthPart, *, theme: Theme) -> QVBoxLayout:
    note, bar = health_note(part), ShareBar(theme=theme)
    bar.show_shares([(part.score, MARK_TONES[note.mark])], name=note.spoken)
    told = ElidedLabel(look="small-muted")
    told.say(f"{note.text} {note.word} · {note.detail}")
    return column(told, bar, gap=GAP_TINY)
