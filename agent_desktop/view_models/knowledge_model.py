"""The knowledge manager's desk: articles, the one in the editor, trying it, publishing, gaps.

Answers come in by `apply` and go to every part, what the person does goes out as
`command_given(Saying)`; each part says by `changed` that it must be looked at again.
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QDateTime, QObject, Signal

from agent_desktop.translation import tr
from agent_desktop.view_models.article_editor import ArticleEditor
from agent_desktop.view_models.article_history import ArticleHistory
from agent_desktop.view_models.article_list import ArticleList
from agent_desktop.view_models.call_model import LinkPhase
from agent_desktop.view_models.desk_part import Correspondence, DeskPart
from agent_desktop.view_models.draft_trial import DraftTrial
from agent_desktop.view_models.gap_list import GapList
from agent_desktop.view_models.publishing import Publishing
from assist_engine.contract.answers import Answer, EngineStatus, Refused
from assist_engine.contract.commands import Saying
from assist_engine.contract.events import Recorded


class KnowledgeModel(QObject):
    """Holds the parts of the desk. `now_ms`: wall clock, ms since 1970.

    `link_changed`: the link or the engine is another way now.
    """

    link_changed = Signal()
    command_given = Signal(object)

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        now_ms: Callable[[], int] = QDateTime.currentMSecsSinceEpoch,
    ) -> None:
        super().__init__(parent)
        self._post = Correspondence(self)
        self._post.command_given.connect(self.command_given)
        self.now_ms = now_ms
        self.status = EngineStatus(is_ready=False, stage=tr("connecting"))
        self.link = LinkPhase.CONNECTING
        self.link_reason = ""
        self.is_engine_here = True
        self.listing = ArticleList(self._post)
        self.editor = ArticleEditor(self._post, listing=self.listing)
        self.history = ArticleHistory(self._post, editor=self.editor)
        self.trial = DraftTrial(self._post, editor=self.editor, listing=self.listing)
        self.publishing = Publishing(self._post, listing=self.listing)
        self.gaps = GapList(self._post, editor=self.editor)

    @property
    def is_ready(self) -> bool:
        """Whether the engine hears and can do what is asked."""
        return self.link is LinkPhase.CONNECTED and self.status.is_ready

    @property
    def parts(self) -> tuple[DeskPart, ...]:
        """The parts, in the order in which they hear an answer."""
        return (
            self.listing,
            self.gaps,  # looks whether a draft was asked for, before the editor takes it
            self.editor,
            self.history,
            self.trial,
            self.publishing,
        )

    def apply(self, items: Sequence[Recorded | Answer]) -> None:
        """Take in what the link brought, oldest first."""
        for item in items:
            if isinstance(item, Recorded):
                continue
            if isinstance(item, Refused):
                self._post.refuse(item)
                continue
            for part in self.parts:
                part.hear(item)
            if isinstance(item, EngineStatus):
                self.status = item
                self.link_changed.emit()

    def number(self, saying: Saying, ref: int) -> None:
        """The link will bring the answer to a saying with this `ref`."""
        self._post.number(saying, ref)

    def set_link(self, phase: LinkPhase, *, reason: str = "", is_engine_here: bool = True) -> None:
        """Tell how the link is; what is typed stays while there is none."""
        self.link, self.link_reason, self.is_engine_here = phase, reason, is_engine_here
        self.link_changed.emit()
