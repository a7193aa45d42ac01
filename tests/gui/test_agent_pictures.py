"""Pictures last longer than a call: they show what is stored of it, the window what was said."""

from pathlib import Path
from typing import Any

from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from agent_desktop.demo.album import Album
from agent_desktop.theme import DARK
from agent_desktop.view_models.call_model import CallModel, LinkPhase
from agent_desktop.widgets.agent.agent_view import AgentView
from assist_engine.contract import events
from assist_engine.contract.answers import CallerHeard, CustomerHeard, EntityHeard
from assist_engine.contract.ids import CustomerId
from assist_engine.contract.values import CustomerProfile, EntityType
from tests.gui import agent_sample as sample
from tests.gui.test_agent_live_words import U7, heard, redacted_final

SECRETS = (
    "four two four two",
    "4242 4242 4242 4242",
    "+1 617 555 0134",
    "old card 9317",
    "six one",
)


class Watched(AgentView):
    """An agent's window that keeps what stood on it when it was pictured."""

    pictured: str = ""

    def grab(self, *area: Any) -> QPixmap:
        self.pictured = self.shown()
        return super().grab(*area)

    def shown(self) -> str:
        transcript = self.conversation.transcript
        rows = [str(transcript.index(row).data()) for row in range(transcript.rowCount())]
        here = [widget for widget in self.findChildren(QWidget) if widget.isVisible()]
        texts = [widget.text() for widget in here if isinstance(widget, QLabel)]
        chips = [chip.shown for chip in self.conversation.entities.chips if chip]
        texts += [*chips, *(widget.accessibleName() for widget in here)]
        return "\n".join([*rows, *texts])


def shown_of(view: Watched) -> set[str]:
    return {secret for secret in SECRETS if secret in view.shown()}


def test_a_picture_holds_no_words_as_they_were_said(qtbot: QtBot, tmp_path: Path) -> None:
    model = CallModel()
    model.set_link(LinkPhase.CONNECTED)
    model.apply([sample.READY])
    view = Watched(model, theme=DARK)
    qtbot.addWidget(view)
    view.resize(1440, 900)
    view.show()
    named = events.EntityRead(
        entity_id="card-1",
        utterance_id=U7,
        type=EntityType.CARD,
        value="[CARD:4242]",
        is_valid=True,
        probability=0.9,
    )
    profile = CustomerProfile(
        customer_id=CustomerId("c"), name="Ana", organisation="Harbor", flags=("old card 9317",)
    )
    stored = sample.recorded([*sample.offered(), redacted_final(), named])
    model.apply(stored)
    model.apply([heard(), CallerHeard(call_id=sample.CALL, caller_number="+1 617 555 0134")])
    model.apply([CustomerHeard(call_id=sample.CALL, profile=profile)])
    model.apply([EntityHeard(call_id=sample.CALL, entity_id="card-1", value="4242424242424242")])
    model.apply([sample.partial("and my pin is six one", "", uid="u8")])
    qtbot.waitUntil(lambda: shown_of(view) == set(SECRETS))

    album = Album(tmp_path, windows={"agent-dark": view}, call=model)
    album.take("4-middle", of="agent", delay_ms=0)
    qtbot.waitUntil(lambda: bool(album.pictures))
    assert [secret for secret in SECRETS if secret in view.pictured] == []
    assert "…4242" in view.pictured
    assert not QImage(str(album.pictures[0])).isNull()
    model.apply([sample.partial("and my pin is six one nine", "", uid="u8")])
    qtbot.waitUntil(lambda: shown_of(view) == set(SECRETS))
