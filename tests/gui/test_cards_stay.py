"""Cards keep their place, whatever comes, goes or is done, and cost no frame on a long call."""

import time

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from agent_desktop.theme import DARK, dress
from agent_desktop.view_models.call_model import CallModel
from agent_desktop.widgets.agent.agent_view import AgentView
from agent_desktop.widgets.agent.checklist_panel import StepRow
from agent_desktop.widgets.agent.suggestion_card import ActionCard, ArticleCard
from agent_desktop.widgets.shared.elided_label import ElidedLabel
from agent_desktop.widgets.shared.growing_text import GrowingText
from agent_desktop.widgets.shared.paragraph import Paragraph
from agent_desktop.widgets.shared.scroll_column import ScrollColumn
from assist_engine.contract import events
from assist_engine.contract.actions import ActionFailed
from assist_engine.contract.events import Event
from assist_engine.contract.ids import ActionId, SuggestionId, UtteranceId
from assist_engine.contract.values import ActionKind, ActionOffer, Evidence
from tests.gui import agent_sample as sample
from tests.gui import guidance_sample as guide
from tests.gui import understanding_sample as understood

pytestmark = pytest.mark.gui

PAGE = ActionOffer(action_id=ActionId("page"), label="Open the order", kind=ActionKind.OPEN)
MESSAGE = ActionOffer(
    action_id=ActionId("message"), label="Send what was promised", kind=ActionKind.REQUEST
)
BUSY_ACTION = replace(guide.ACTION, actions=(guide.REPLACE, PAGE, MESSAGE))


class Seat:
    """A window of any size and text scale, and where its cards are."""

    def __init__(self, qtbot: QtBot, size: tuple[int, int], scale: float) -> None:
        self.qtbot = qtbot
        theme = replace(DARK, scale=scale)
        application = QGuiApplication.instance()
        assert isinstance(application, QApplication)
        dress(application, theme)
        self.model = CallModel()
        self.view = AgentView(self.model, theme=theme)
        qtbot.addWidget(self.view)
        self.view.resize(*size)
        self.view.show()
        self.view.activateWindow()
        qtbot.waitExposed(self.view)
        self._seq = 0
        self.happen(*sample.offered(), *sample.talk())

    def happen(self, *made: Event) -> None:
        self.model.apply(sample.recorded(list(made), after=self._seq))
        self._seq += len(made)
        self.settle()

    def settle(self) -> None:
        """Wait until nothing moves: a busy machine lays out late."""
        seen, calm = self.corners(QWidget), 0
        while calm < 3:
            self.qtbot.wait(40)
            before, seen = seen, self.corners(QWidget)
            calm = calm + 1 if seen == before else 0

    def visible(self, kind: type[QWidget]) -> list[QWidget]:
        return [w for w in self.view.guidance.findChildren(kind) if w.isVisible()]

    def corners(self, *kinds: type[QWidget]) -> list[tuple[object, ...]]:
        cards = [card for kind in kinds for card in self.visible(kind)]
        return [
            (c.accessibleName(), *c.mapTo(self.view.guidance, c.rect().topLeft()).toTuple())
            for c in cards
        ]

    def offered(self) -> list[str]:
        (card,) = self.visible(ActionCard)
        names = [PAGE.label, MESSAGE.label, "Start replacement", "Try again", "Undo"]
        texts = [b.accessibleName() for b in card.findChildren(QWidget) if b.isVisible()]
        return [text for text in texts if text in names]


SIZES = pytest.mark.parametrize(
    ("size", "scale"),
    [((1440, 900), 1.0), ((1024, 700), 1.0), ((1440, 900), 1.5), ((1440, 900), 2.0)],
)


@SIZES
def test_no_card_moves_while_others_come_and_go(
    qtbot: QtBot, size: tuple[int, int], scale: float
) -> None:
    seat = Seat(qtbot, size, scale)
    seat.happen(
        events.SuggestionMade(suggestion=guide.HINT),
        events.SuggestionMade(suggestion=BUSY_ACTION, asked_ms=77_300),
        events.SuggestionMade(suggestion=sample.ARTICLE, asked_ms=77_300),
    )
    before = seat.corners(ActionCard, ArticleCard)
    assert len(before) == 2
    seat.happen(events.SuggestionUsed(suggestion_id=guide.HINT.suggestion_id))
    assert seat.corners(ActionCard, ArticleCard) == before
    seat.happen(events.SuggestionMade(suggestion=guide.NOTICE))
    seat.happen(guide.tick("Acknowledge the wait"), *guide.guided()[5:])
    assert seat.corners(ActionCard, ArticleCard) == before
    seat.happen(*guide.acted()[2:4])
    seat.happen(*guide.acted()[4:])
    assert seat.corners(ActionCard, ArticleCard) == before


@SIZES
def test_an_article_that_was_there_first_stays_when_the_action_comes(
    qtbot: QtBot, size: tuple[int, int], scale: float
) -> None:
    """Room for a step of two lines is kept; a longer one may push at large text."""
    seat = Seat(qtbot, size, scale)
    seat.happen(events.SuggestionMade(suggestion=sample.ARTICLE))
    before = seat.corners(ArticleCard)
    seat.happen(events.SuggestionMade(suggestion=guide.ACTION))
    (after,) = seat.corners(ArticleCard)
    if scale == 1.0 and size[1] == 900:
        assert [after] == before
    dismissed = events.SuggestionDismissed(suggestion_id=guide.ACTION.suggestion_id)
    seat.happen(dismissed)
    assert seat.corners(ArticleCard) == [after]


def test_steps_stay_in_sight_below_many_cards(qtbot: QtBot) -> None:
    seat = Seat(qtbot, (1440, 900), 1.0)
    more = [
        replace(sample.ARTICLE, suggestion_id=SuggestionId(f"a{n}"), topic=f"a{n}")
        for n in range(3)
    ]
    seat.happen(*guide.guided(), *(events.SuggestionMade(suggestion=one) for one in more))
    column = seat.view.guidance
    assert column.cards.verticalScrollBar().maximum() > 0
    rows = seat.visible(StepRow)
    assert len(rows) == 5
    for row in rows:
        bottom = row.mapTo(column, row.rect().bottomLeft()).y()
        assert 0 < bottom < column.height()
    low = Seat(qtbot, (1024, 700), 1.0)
    low.happen(*guide.guided())
    assert not low.view.guidance.foot.isVisible()
    assert len(low.visible(StepRow)) == 5


def test_a_card_out_of_sight_is_named_and_a_key_goes_there(qtbot: QtBot) -> None:
    seat = Seat(qtbot, (1440, 900), 1.0)
    beyond = seat.view.guidance.beyond
    seat.happen(events.SuggestionMade(suggestion=sample.ARTICLE))
    assert not beyond.isVisible()
    newer = replace(sample.ARTICLE, suggestion_id=SuggestionId("new"), topic="new", title="Refunds")
    seat.happen(*guide.guided()[:1], events.SuggestionMade(suggestion=newer), *guide.guided()[3:])
    before = seat.corners(ActionCard)
    assert beyond.button.text() == "▼ Article: Refunds"
    assert "out of sight" in beyond.button.accessibleName()
    QTest.keyClick(seat.view, Qt.Key.Key_M)
    seat.settle()
    bar = seat.view.guidance.cards.verticalScrollBar()
    assert bar.value() > 0
    assert beyond.button.text().startswith("▲ Next best action")
    QTest.keyClick(seat.view, Qt.Key.Key_M)
    seat.settle()
    assert seat.corners(ActionCard) == before


def test_what_is_due_is_counted_down_at_the_foot_and_named_first(qtbot: QtBot) -> None:
    seat = Seat(qtbot, (1440, 900), 1.0)
    newer = replace(sample.ARTICLE, suggestion_id=SuggestionId("new"), topic="new")
    seat.happen(
        *guide.guided()[:2],
        events.SuggestionMade(suggestion=newer),
        events.SuggestionMade(suggestion=guide.NOTICE),
    )
    assert seat.view.guidance.beyond.button.text() == "▼ Required: Identity before details"
    due_ms = guide.NOTICE.due_ms
    assert due_ms is not None
    seat.view.guidance.move_to(due_ms - 7_000)
    told = [label.text() for label in seat.view.guidance.compliance.findChildren(ElidedLabel)]
    assert any("Identity before details: due · within 7 s" in text for text in told)


def test_an_article_that_asks_takes_no_place_from_an_action(qtbot: QtBot) -> None:
    seat = Seat(qtbot, (1440, 900), 1.0)
    seat.happen(events.SuggestionMade(suggestion=guide.ACTION))
    before = seat.corners(ActionCard)
    newer = replace(sample.ARTICLE, is_primary=True)
    seat.happen(*guide.acted()[4:], events.SuggestionMade(suggestion=newer))
    assert seat.corners(ActionCard) == before


def test_what_was_not_done_yet_can_be_done_after_the_first_action(qtbot: QtBot) -> None:
    seat = Seat(qtbot, (1440, 900), 1.0)
    seat.happen(events.SuggestionMade(suggestion=BUSY_ACTION))
    assert seat.offered() == ["Start replacement", PAGE.label, MESSAGE.label]
    seat.happen(guide.started())
    assert seat.offered() == [PAGE.label, MESSAGE.label]
    seat.happen(*guide.acted()[5:])
    assert seat.offered() == [PAGE.label, MESSAGE.label, "Undo"]


def test_trying_again_is_for_what_failed(qtbot: QtBot) -> None:
    seat = Seat(qtbot, (1440, 900), 1.0)
    seat.happen(events.SuggestionMade(suggestion=BUSY_ACTION))
    asked: list[ActionId] = []
    seat.view.guidance.action_asked.connect(lambda _, offer: asked.append(offer.action_id))
    lost = replace(guide.started(), action_id=MESSAGE.action_id, label=MESSAGE.label)
    failed = ActionFailed(key=guide.KEY, code="action.http_503", message="it answered 503")
    seat.happen(lost, failed)
    assert seat.offered() == ["Try again", "Start replacement", PAGE.label]
    (card,) = seat.visible(ActionCard)
    again = next(b for b in card.findChildren(QWidget) if b.accessibleName() == "Try again")
    again.click()  # type: ignore[attr-defined]
    assert asked == [MESSAGE.action_id]


def test_a_scroll_bar_takes_no_width(qtbot: QtBot) -> None:
    scroll = ScrollColumn("words")
    qtbot.addWidget(scroll)
    scroll.resize(200, 100)
    scroll.show()
    words = Paragraph("some words that wrap " * 3)
    scroll.column.addWidget(words)
    qtbot.wait(30)
    width = words.width()
    scroll.column.addWidget(Paragraph("more words " * 60))
    qtbot.waitUntil(lambda: scroll.verticalScrollBar().maximum() > 0)
    assert words.width() == width
    bars = [bar for bar in scroll.findChildren(QWidget) if bar.objectName() == "bar"]
    assert [bar.isVisible() for bar in bars] == [True]


def test_a_field_is_as_high_as_its_words(qtbot: QtBot) -> None:
    field = GrowingText("one line", name="Reason", theme=DARK)
    qtbot.addWidget(field)
    field.resize(300, field.sizeHint().height())
    field.show()
    low = field.sizeHint().height()
    field.setPlainText("a line\n" * 6)
    assert field.sizeHint().height() > low
    field.setPlainText("a line\n" * 60)
    most = field.sizeHint().height()
    field.setPlainText("a line\n" * 90)
    assert field.sizeHint().height() == most


def busy_call(utterances: int, cards: int) -> list[Event]:
    """A call with words, cards put away one after another, ticks and rules."""
    made: list[Event] = [*sample.offered()]
    every = utterances // cards
    for n in range(utterances):
        uid = UtteranceId(f"m{n}")
        made.append(understood.final(uid, "some words that were said " * 3, second=n))
        if n % every == 0:
            sid = SuggestionId(f"s{n}")
            why = Evidence(quote="words that were", utterance_id=uid, start_ms=n * 1_000)
            card = replace(
                sample.ARTICLE, suggestion_id=sid, topic=sid, evidence=(why,), is_primary=False
            )
            made += [
                events.SuggestionMade(suggestion=card),
                events.SuggestionDismissed(suggestion_id=sid),
                events.ComplianceMet(rule=sid, title="Recording notice", evidence=(why,)),
            ]
    return [*made, *guide.guided()]


def test_cards_steps_and_countdowns_cost_no_frame_on_a_long_call(qtbot: QtBot) -> None:
    seat = Seat(qtbot, (1440, 900), 1.0)
    seat.happen(*busy_call(1_000, 60))
    seat.happen(events.SuggestionMade(suggestion=guide.NOTICE))
    now_ms = seat.model.audio_ms
    counted, ticked = [], []
    for n in range(10):
        before = time.thread_time()
        seat.view.guidance.move_to(now_ms + 1_000 * n)
        QApplication.processEvents()
        counted.append(time.thread_time() - before)
        before = time.thread_time()
        step = guide.ACTION.checklist[1 + n % 4]
        seat.model.apply(sample.recorded([guide.tick(step)], after=seat._seq))
        seat._seq += 1
        QApplication.processEvents()
        ticked.append(time.thread_time() - before)
    assert min(counted) < 0.016, counted  # seconds of CPU: one frame
    assert min(ticked) < 0.016, ticked
