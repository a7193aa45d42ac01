"""One window, its model and its link: what every role has in common."""

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QObject, Qt, Signal, SignalInstance, Slot
from PySide6.QtWidgets import QWidget

from agent_desktop.app.engine_place import EnginePlace
from agent_desktop.link.engine_thread import EngineThread
from agent_desktop.link.inbox import Inbox
from agent_desktop.link.link_state import LinkState
from agent_desktop.view_models.call_model import LinkPhase
from assist_engine.contract.answers import Answer
from assist_engine.contract.commands import Hello, Saying, Watch
from assist_engine.contract.events import Recorded
from assist_engine.contract.ids import CallId


class RoleModel(Protocol):
    """What the models of all roles take in and give out."""

    @property
    def command_given(self) -> SignalInstance:
        """Emits a `Saying` for the engine."""
        ...

    def apply(self, items: Sequence[Recorded | Answer]) -> None:
        """Take in a batch."""
        ...

    def set_link(self, phase: LinkPhase, *, reason: str = "", is_engine_here: bool = True) -> None:
        """Tell how the link is."""
        ...


class Desk(QObject):
    """Carries items from the link to the model and commands back.

    `took` emits each batch after the model has it; `link_changed` each `LinkState`; `posted` each
    saying with the `ref` that its answer will have.
    """

    took = Signal(list)
    link_changed = Signal(object)
    posted = Signal(object, object)

    def __init__(
        self, *, hello: Hello, engine: EnginePlace, model: RoleModel, window: QWidget
    ) -> None:
        super().__init__()
        self.window = window
        self.inbox = Inbox(self)
        self.link = EngineThread(hello, address=engine.address, put=self.inbox.put)
        self._engine = engine
        self._role_model = model
        self.inbox.arrived.connect(self.take, Qt.ConnectionType.DirectConnection)
        model.command_given.connect(self.post, Qt.ConnectionType.DirectConnection)

    def start(self) -> None:
        """Show the window and begin to connect."""
        self.window.show()
        self.link.start()

    def close(self) -> None:
        """End in order: no more clicks, no more link, the last items, then nothing."""
        self.window.hide()
        self.link.stop()
        self.inbox.drain()

    @Slot(object)
    def post(self, saying: Saying) -> None:
        """Send what the person does."""
        self.posted.emit(saying, self.link.post(saying))

    @Slot(object, object)
    def watch_again(self, call_id: CallId, after_seq: int) -> None:
        """Ask for the events of a call after a seq."""
        self.link.post(Watch(call_id=call_id, after_seq=after_seq))

    @Slot(list)
    def take(self, items: list[object]) -> None:
        """Give a batch to the model, what the link says of itself apart."""
        batch: list[Recorded | Answer] = []
        for item in items:
            if isinstance(item, Recorded | Answer):
                batch.append(item)
                continue
            self._apply(batch)
            batch = []
            self._take_other(item)
        self._apply(batch)

    def _apply(self, batch: list[Recorded | Answer]) -> None:
        if batch:
            self._role_model.apply(batch)
            self.took.emit(batch)

    def _take_other(self, item: object) -> None:
        if isinstance(item, LinkState):
            self._role_model.set_link(
                LinkPhase(item.phase), reason=item.reason, is_engine_here=self._engine.is_here
            )
            self.link_changed.emit(item)
