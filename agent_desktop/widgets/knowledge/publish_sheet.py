"""Asked before publishing: what the next release would change; afterwards: what it did."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QVBoxLayout

from agent_desktop.theme import GAP, GAP_LARGE, GAP_SMALL, GAP_TINY, Theme
from agent_desktop.translation import tr
from agent_desktop.view_models.knowledge_model import KnowledgeModel, Part
from agent_desktop.widgets.shared.elided_label import ElidedLabel
from agent_desktop.widgets.shared.key_button import KeyButton
from agent_desktop.widgets.shared.layout import clear, column, row
from agent_desktop.widgets.shared.text import caption, label
from assist_engine.contract.knowledge_answers import ArticleSummary, ReleasePublished

MOST_NAMED = 6


class PublishSheet(QFrame):
    """Hidden until asked for. `closed` when the person puts it away."""

    closed = Signal()

    def __init__(self, model: KnowledgeModel, *, theme: Theme) -> None:
        super().__init__()
        self._model = model
        self.setProperty("look", "panel-accent")
        self.setAccessibleName(tr("Publish"))
        self._title = caption(tr("If you publish"), look="caption-accent")
        self._words = label("", wraps=True)
        self._names: QVBoxLayout = column(gap=GAP_TINY)
        self._warning = label("", look="small-muted", wraps=True)
        self._problem = label("", look="error", wraps=True)
        self._publish = KeyButton(tr("Publish"), theme=theme, cap="↵", look="primary")
        self._close = KeyButton(tr("Cancel"), theme=theme, cap="Esc")
        buttons = row(self._publish, self._close, None, gap=GAP_SMALL)
        layout = column(self._title, self._words, gap=GAP_SMALL)
        layout.addLayout(self._names)
        for part in (self._warning, self._problem):
            layout.addWidget(part)
        layout.addLayout(buttons)
        layout.setContentsMargins(GAP_LARGE, GAP, GAP_LARGE, GAP)
        self.setLayout(layout)
        self._publish.clicked.connect(model.publish)
        self._close.clicked.connect(self.close_sheet)
        model.release_changed.connect(self.refresh)
        model.editor_changed.connect(self.refresh)
        self.hide()

    def ask(self) -> None:
        """Show what would change, and ask."""
        self._model.published = None
        self.refresh()
        self.show()
        self._publish.setFocus()

    @Slot()
    def close_sheet(self) -> None:
        """Put the sheet away."""
        if not self.isHidden():
            self.hide()
            self.closed.emit()

    @Slot()
    def refresh(self) -> None:
        """Show the question, the work, or what was done."""
        done = self._model.published
        self._publish.setVisible(done is None)
        self._publish.setEnabled(not self._model.is_publishing and bool(self._model.drafts))
        self._close.rename(tr("Cancel") if done is None else tr("Close"))
        problem = self._model.problem(Part.RELEASE)
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        if done is None:
            self._say_question()
        else:
            self._say_done(done)

    def _say_question(self) -> None:
        drafts, release = self._model.drafts, self._model.release + 1
        if self._model.is_publishing:
            self._words.setText(tr("Making release {release}…", release=release))
        else:
            self._words.setText(_changes(len(drafts), release=release))
        self._name(drafts)
        unsaved = self._model.is_changed and self._model.article is not None
        title = self._model.article.title if self._model.article else ""
        warning = tr("Not saved, so not in it: {title}", title=title) if unsaved else ""
        self._warning.setText(warning)
        self._warning.setVisible(bool(warning))

    def _say_done(self, done: ReleasePublished) -> None:
        self._name(())
        self._words.setText(
            tr(
                "Release {release} is live: {changed} articles changed, {passages} passages.",
                release=done.release,
                changed=done.changed_articles,
                passages=done.passages,
            )
        )
        self._warning.setText(tr("Calls in progress use it from now on."))
        self._warning.setVisible(True)

    def _name(self, drafts: tuple[ArticleSummary, ...]) -> None:
        clear(self._names)
        for article in drafts[:MOST_NAMED]:
            name = ElidedLabel(look="small")
            name.say(_change(article))
            self._names.addWidget(name)
        if len(drafts) > MOST_NAMED:
            more = tr("and {count} more", count=len(drafts) - MOST_NAMED)
            self._names.addWidget(label(more, look="small-muted"))


def _changes(count: int, *, release: int) -> str:
    if count == 1:
        return tr("Release {release} changes 1 article:", release=release)
    return tr("Release {release} changes {count} articles:", release=release, count=count)


def _change(article: ArticleSummary) -> str:
    if not article.published_version:
        return tr("+ {title} · new", title=article.title)
    return tr(
        "± {title} · v{old} → v{new}",
        title=article.title,
        old=article.published_version,
        new=article.version,
    )
