"""Asked before publishing: what the next release would change; afterwards: what it did."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from agent_desktop.theme import GAP_LARGE, GAP_SMALL, Theme
from agent_desktop.translation import tr
from agent_desktop.view_models.knowledge_model import KnowledgeModel
from agent_desktop.widgets.knowledge.release_report import ReleaseReport
from agent_desktop.widgets.shared.empty_state import EmptyState
from agent_desktop.widgets.shared.field import Field
from agent_desktop.widgets.shared.key_button import KeyButton
from agent_desktop.widgets.shared.layout import row
from agent_desktop.widgets.shared.overlay import Overlay
from agent_desktop.widgets.shared.text import label, set_look
from assist_engine.contract.knowledge_answers import ReleasePreviewed, ReleasePublished


class PublishSheet(Overlay):
    """Follows `KnowledgeModel.publishing`. Errors of the check need a reason to be published."""

    def __init__(self, parent: QWidget, model: KnowledgeModel, *, theme: Theme) -> None:
        super().__init__(parent, theme=theme, title=tr("Publish"), width=1040, height=760)
        self._model = model
        self._shown: ReleasePreviewed | None = None
        self._report = ReleaseReport(model, theme=theme)
        self._state = EmptyState("")
        self._warning = label("", look="small-muted", wraps=True)
        self._problem = label("", look="error", wraps=True)
        self._override = Field(
            tr("Why it is published although there are errors"),
            hint=tr("The check found errors. Why publish all the same? (recorded)"),
        )
        self._reason = Field(tr("What this release is for"), hint=tr("What this release is for"))
        self._publish = KeyButton(tr("Publish"), theme=theme, cap="↵", look="primary")
        self._back = KeyButton(tr("Roll back"), theme=theme)
        self._close = KeyButton(tr("Cancel"), theme=theme, cap="Esc")
        self._arrange()
        self._connect()

    def ask(self) -> None:
        """Work out what would change, show it, and ask."""
        self._override.clear()
        self._reason.clear()
        self._model.publishing.ask()
        self.refresh()
        self.open()
        self._close.setFocus()

    @Slot()
    def refresh(self) -> None:
        """Show the work, the question, or what was done."""
        publishing = self._model.publishing
        done, preview = publishing.published, publishing.preview
        is_asking = done is None and preview is not None and not publishing.is_publishing
        self._report.setVisible(is_asking)
        self._state.setVisible(not is_asking)
        self._override.setVisible(is_asking and publishing.has_errors)
        self._reason.setVisible(is_asking)
        self._say_buttons(done)
        self._problem.setText(publishing.problem)
        self._problem.setVisible(bool(publishing.problem))
        self._say_title(done)
        self._say_warning(done)
        if preview is not self._shown:
            self._shown = preview
            if preview is not None:
                self._report.show_preview(preview)
                self._focus_next()

    def _arrange(self) -> None:
        body = self.sheet.body
        body.addWidget(self._report, 1)
        body.addWidget(self._state, 1)
        for part in (self._warning, self._problem, self._override):
            body.addWidget(part)
        foot = row(gap=GAP_SMALL)
        foot.addWidget(self._reason, 1)
        foot.addSpacing(GAP_LARGE)
        for button in (self._publish, self._back, self._close):
            foot.addWidget(button)
        body.addLayout(foot)

    def _connect(self) -> None:
        model = self._model
        self._override.textChanged.connect(model.publishing.say_why)
        self._publish.clicked.connect(self._make)
        self._back.clicked.connect(lambda: model.publishing.roll_back(model.publishing.before))
        self._close.clicked.connect(self.close_sheet)
        for field in (self._override, self._reason):
            field.entered.connect(lambda _: self._make())
            field.left.connect(self.close_sheet)
        model.publishing.changed.connect(self.refresh)
        model.editor.changed.connect(self.refresh)
        model.link_changed.connect(self.refresh)

    @Slot()
    def _make(self) -> None:
        self._model.publishing.publish(reason=self._reason.text())
        if self._model.publishing.is_publishing:
            self._close.setFocus()

    def _focus_next(self) -> None:
        """Keys go to what is missing, else to the one thing to do."""
        if not self.isVisible():
            return
        if self._model.publishing.can_publish:
            self._publish.setFocus()
        elif not self._override.isHidden():
            self._override.setFocus()
        else:
            self._close.setFocus()

    def _say_buttons(self, done: ReleasePublished | None) -> None:
        publishing = self._model.publishing
        self._publish.setVisible(done is None)
        self._publish.setEnabled(publishing.can_publish)
        set_look(self._publish, "primary" if done is None else "plain")
        can_go_back = done is not None and not publishing.is_rolled_back and publishing.before > 0
        self._back.setVisible(can_go_back)
        self._back.setEnabled(not publishing.is_rolling_back)
        self._back.describe(tr("Use release {release} again", release=publishing.before))
        name = tr("Cancel") if done is None else tr("Close")
        if self._close.text() != name:
            self._close.rename(name)

    def _say_title(self, done: ReleasePublished | None) -> None:
        publishing, following = self._model.publishing, self._model.listing.release + 1
        self.title.setText(tr("Publish"))
        if done is not None:
            self._say_done(done)
        elif publishing.is_publishing:
            self._state.say(
                tr("Making release {release}…", release=following),
                tr("Calls in progress stay on the release they have until it is ready."),
            )
        elif publishing.preview is None:
            heading = tr("Working out what would change…")
            if publishing.problem:
                heading = tr("What would change could not be worked out")
            hint = tr("Asks the known questions and those of the last days once more.")
            self._state.say(heading, "" if publishing.problem else hint)
        else:
            self.title.setText(_changes(len(publishing.preview.changed), release=following))

    def _say_done(self, done: ReleasePublished) -> None:
        publishing = self._model.publishing
        if publishing.is_rolling_back:
            self._state.say(tr("Going back to release {release}…", release=publishing.before))
        elif publishing.is_rolled_back:
            self._state.say(
                tr("Release {release} is in use again.", release=done.release),
                tr("Calls in progress use it from now on."),
            )
        else:
            words = tr(
                "Release {release} is live: {changed} articles changed, {passages} passages.",
                release=done.release,
                changed=done.changed_articles,
                passages=done.passages,
            )
            self._state.say(words, tr("Calls in progress use it from now on."))

    def _say_warning(self, done: ReleasePublished | None) -> None:
        editor = self._model.editor
        is_unsaved = done is None and editor.is_changed and editor.article is not None
        title = editor.article.title if editor.article else ""
        words = tr("Not saved, so not in it: {title}", title=title) if is_unsaved else ""
        self._warning.setText(words)
        self._warning.setVisible(bool(words))


def _changes(count: int, *, release: int) -> str:
    if not count:
        return tr("Nothing has changed since the release in use")
    if count == 1:
        return tr("Release {release} changes 1 article", release=release)
    return tr("Release {release} changes {count} articles", release=release, count=count)
