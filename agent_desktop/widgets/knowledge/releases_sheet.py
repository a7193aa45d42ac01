"""All releases, and going back to an older one."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from agent_desktop.theme import GAP_SMALL, Theme
from agent_desktop.translation import tr
from agent_desktop.view_models.knowledge_model import KnowledgeModel
from agent_desktop.view_models.note import Mark, Note, when
from agent_desktop.widgets.knowledge.note_list import NotesBox
from agent_desktop.widgets.shared.key_button import KeyButton
from agent_desktop.widgets.shared.layout import row
from agent_desktop.widgets.shared.overlay import Overlay
from agent_desktop.widgets.shared.text import label
from assist_engine.contract.knowledge_answers import ReleaseSummary


class ReleasesSheet(Overlay):
    """Arrows choose a release, *Use this release* puts it back."""

    def __init__(self, parent: QWidget, model: KnowledgeModel, *, theme: Theme) -> None:
        super().__init__(parent, theme=theme, title=tr("Releases"), width=640, height=600)
        self._model = model
        self._box = NotesBox(tr("Releases"), theme=theme)
        self._problem = label("", look="error", wraps=True)
        self._use = KeyButton(tr("Use this release"), theme=theme, key="Alt+U", cap="")
        self._use.describe(tr("Roll back: agents get this release at once"))
        self._close = KeyButton(tr("Close"), theme=theme, cap="Esc")
        self.sheet.body.addWidget(self._box, 1)
        self.sheet.body.addWidget(self._problem)
        self.sheet.body.addLayout(row(self._use, None, self._close, gap=GAP_SMALL))
        self._box.list.selectionModel().currentChanged.connect(self.refresh)
        self._use.clicked.connect(self._roll_back)
        self._close.clicked.connect(self.close_sheet)
        model.publishing.changed.connect(self.refresh)

    def ask(self) -> None:
        """Fetch the releases and show them."""
        self._model.publishing.list_releases()
        self.refresh()
        self.open()
        self._box.list.setFocus()

    @Slot()
    def refresh(self) -> None:
        """Show the releases as they are now."""
        publishing = self._model.publishing
        notes = [_note(release) for release in publishing.releases]
        is_known = publishing.is_listed
        empty = tr("Nothing is published yet") if is_known else tr("Loading")
        if tuple(notes) != tuple(self._box.notes) or not notes:
            self._box.show_notes(notes, empty=empty)
        self._problem.setText(publishing.problem)
        self._problem.setVisible(bool(publishing.problem))
        chosen = self._chosen()
        is_other = chosen is not None and not chosen.is_in_use
        self._use.setEnabled(is_other and not publishing.is_rolling_back)

    def _chosen(self) -> ReleaseSummary | None:
        note = self._box.list.current
        releases = self._model.publishing.releases
        return next((r for r in releases if note and str(r.release) == note.key), None)

    @Slot()
    def _roll_back(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self._model.publishing.roll_back(chosen.release)


def _note(release: ReleaseSummary) -> Note:
    counts = tr(
        "{articles} articles · {passages} passages",
        articles=release.articles,
        passages=release.passages,
    )
    details = [release.reason, counts]
    if release.override:
        details.append(tr("published with errors: {reason}", reason=release.override))
    return Note(
        key=str(release.release),
        caption=" · ".join((release.author, when(release.made_ms))),
        text=tr("Release {release}", release=release.release),
        detail="\n".join(detail for detail in details if detail),
        word=tr("in use") if release.is_in_use else "",
        mark=Mark.GOOD,
    )
