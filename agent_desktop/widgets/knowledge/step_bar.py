"""Below the article: what the check remarks, how it stands, and the next step of its life."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame

from agent_desktop.theme import GAP, GAP_LARGE, GAP_SMALL, Theme, Tone
from agent_desktop.translation import tr
from agent_desktop.view_models.article_life import Step, next_step, other_steps
from agent_desktop.view_models.knowledge_model import KnowledgeModel
from agent_desktop.view_models.note import when
from agent_desktop.widgets.knowledge.step_prompt import ASKS, StepPrompt
from agent_desktop.widgets.shared.chip import Chip
from agent_desktop.widgets.shared.elided_label import ElidedLabel
from agent_desktop.widgets.shared.field import Field
from agent_desktop.widgets.shared.flow import Flow
from agent_desktop.widgets.shared.key_button import KeyButton
from agent_desktop.widgets.shared.layout import column
from agent_desktop.widgets.shared.text import label, set_look
from assist_engine.contract.knowledge_answers import ArticleState, ArticleSummary, Severity

_MOVES = {
    Step.SEND: ArticleState.IN_REVIEW,
    Step.APPROVE: ArticleState.APPROVED,
    Step.SCHEDULE: ArticleState.APPROVED,
    Step.SEND_BACK: ArticleState.DRAFT,
    Step.REOPEN: ArticleState.DRAFT,
    Step.ARCHIVE: ArticleState.ARCHIVED,
}


class StepBar(QFrame):
    """`publish_wanted` where publishing is the next step."""

    publish_wanted = Signal()

    def __init__(self, model: KnowledgeModel, *, theme: Theme) -> None:
        super().__init__()
        self._model, self._theme = model, theme
        self._remarks = Chip(theme=theme)
        self._problem = label("", look="error", wraps=True)
        self._status = ElidedLabel(look="small-muted")
        self._reason = Field(tr("Why it is saved"), hint=tr("Why (optional)"))
        self._reason.setFixedWidth(theme.px(140))
        self._prompt = StepPrompt(theme=theme)
        self._buttons = self._make_buttons()
        line = Flow(gap=GAP_SMALL, trailing=len(self._buttons) + 1)
        for widget in (self._remarks, self._status, self._reason, *self._buttons.values()):
            line.addWidget(widget)
        margins = (GAP_LARGE, GAP, GAP_LARGE, GAP)
        self.setLayout(column(self._prompt, self._problem, line, gap=GAP_SMALL, margins=margins))
        self._reason.textEdited.connect(self._note_reason)
        self._reason.entered.connect(lambda _: model.editor.save())
        self._prompt.told.connect(self._move)
        self._prompt.left.connect(self._focus_step)

    def refresh(self, *, is_primary: bool) -> None:
        """Show the steps; `is_primary`: nothing else on screen has the accent."""
        editor = self._model.editor
        article = editor.article
        if article is None:
            return
        following = next_step(article, is_changed=editor.is_changed)
        had_focus = any(button.hasFocus() for button in self._buttons.values())
        shown = {following, *(() if editor.is_changed else other_steps(article))} | {Step.SAVE}
        is_idle = not editor.is_saving and not editor.is_moving
        for step, button in self._buttons.items():
            button.setVisible(step in shown and step is not Step.PUBLISH)
            button.setEnabled(is_idle and (step is not Step.SAVE or editor.is_changed))
            set_look(button, "primary" if is_primary and step is following else "plain")
        if had_focus and not any(button.hasFocus() for button in self._buttons.values()):
            self._focus_step()
        self._reason.setVisible(editor.is_changed)
        if self._reason.text() != editor.reason:
            self._reason.setText(editor.reason)
        self._say_remarks()
        self._say_status(article)

    def do(self, step: Step) -> None:
        """Do a step if it can be done now, asking first what it needs."""
        if self._buttons[step].isVisible() and self._buttons[step].isEnabled():
            self._start(step)

    def _make_buttons(self) -> dict[Step, KeyButton]:
        names = {
            Step.ARCHIVE: (tr("Archive…"), ""),
            Step.REOPEN: (tr("Back to draft"), ""),
            Step.SCHEDULE: (tr("Schedule…"), "Ctrl+Shift+D"),
            Step.SEND_BACK: (tr("Send back…"), "Ctrl+Shift+B"),
            Step.SAVE: (tr("Save draft"), "Ctrl+S"),
            Step.SEND: (tr("Send to review"), "Ctrl+Shift+R"),
            Step.APPROVE: (tr("Approve"), "Ctrl+Shift+A"),
        }
        buttons = {
            step: KeyButton(name, theme=self._theme, key=key, cap="")
            for step, (name, key) in names.items()
        }
        for step, button in buttons.items():
            button.clicked.connect(lambda _=False, step=step: self._start(step))
        return buttons

    def _start(self, step: Step) -> None:
        article = self._model.editor.article
        if step is Step.SAVE:
            self._model.editor.save()
        elif step in ASKS:
            self._prompt.ask(step, publish_at_ms=article.publish_at_ms if article else 0)
        else:
            self._move(step, "", 0)

    @Slot(object, str, object)
    def _move(self, step: Step, comment: str, publish_at_ms: int) -> None:
        self._model.editor.move(_MOVES[step], comment=comment, publish_at_ms=publish_at_ms)

    @Slot(str)
    def _note_reason(self, text: str) -> None:
        self._model.editor.reason = text.strip()

    @Slot()
    def _focus_step(self) -> None:
        """Keys go to what comes next."""
        article = self._model.editor.article
        if article is None:
            return
        step = next_step(article, is_changed=self._model.editor.is_changed)
        if step is Step.PUBLISH:
            self.publish_wanted.emit()
        elif step is not None:
            self._buttons[step].setFocus()

    def _say_remarks(self) -> None:
        findings = self._model.trial.findings
        count = len(findings)
        words = tr("1 remark") if count == 1 else tr("{count} remarks", count=count)
        is_bad = any(finding.severity is Severity.ERROR for finding in findings)
        self._remarks.say(words if count else "", tone=Tone.NEGATIVE if is_bad else Tone.WARNING)

    def _say_status(self, article: ArticleSummary) -> None:
        problem = self._model.editor.problem
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self._status.setVisible(not problem)
        self._status.say(self._words(article))

    def _words(self, article: ArticleSummary) -> str:
        editor = self._model.editor
        if editor.is_saving:
            return tr("Saving…")
        if editor.is_moving:
            return tr("One moment…")
        if self._model.trial.findings:
            return self._model.trial.finding_notes[0].text
        if editor.is_changed:
            return tr("Changed words are marked.")
        if article.publish_at_ms and article.state is ArticleState.APPROVED:
            return tr("Publishes itself on {when}.", when=when(article.publish_at_ms))
        return {
            ArticleState.DRAFT: tr("Saved as a draft. Agents see it after publishing."),
            ArticleState.IN_REVIEW: tr("Waits for somebody to read it."),
            ArticleState.APPROVED: tr("Goes into the next release."),
            ArticleState.PUBLISHED: tr("This is what agents see."),
            ArticleState.ARCHIVED: tr("Not in the next release."),
        }[article.state]
