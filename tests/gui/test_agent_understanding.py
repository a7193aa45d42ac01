"""What the agent sees of what was understood: entities to copy, feelings, effort, behaviours."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from agent_desktop.theme import DARK, dress
from agent_desktop.view_models.call_model import CallModel, LinkPhase
from agent_desktop.view_models.care_model import care_notes, effort_words
from agent_desktop.view_models.customer_model import pinned
from agent_desktop.view_models.entity_model import (
    NO_CHIPS,
    PLACES,
    Chips,
    EntityChip,
    arrange_chips,
    grouped,
)
from agent_desktop.view_models.live_words import LiveWords
from agent_desktop.view_models.mood_model import Feeling, current_emotion, utterance_mood
from agent_desktop.view_models.transcript_model import Line, TranscriptModel
from agent_desktop.widgets.agent.agent_view import AgentView
from agent_desktop.widgets.agent.care_section import CareSection
from agent_desktop.widgets.shared.choice_row import ChoiceRow
from assist_engine.call.fold import fold
from assist_engine.call.state import CallState, Utterance
from assist_engine.contract import events
from assist_engine.contract.events import Event
from assist_engine.contract.ids import UtteranceId
from assist_engine.contract.values import Emotion, EntityType, Role
from tests.gui import agent_sample as sample
from tests.gui import understanding_sample as understood
from tests.gui.agent_seat import Desk

pytestmark = pytest.mark.gui
Key = Qt.Key


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    made = Desk(qtbot)
    made.model.apply(understood.live_call())
    qtbot.wait(30)
    return made


def state_after(made: list[Event]) -> CallState:
    return fold(sample.recorded(made), CallState(call_id=sample.CALL))


def arranged(names: list[str], before: Chips = NO_CHIPS) -> Chips:
    """The chips after each name was said in an utterance of its own."""
    made: list[Event] = [*sample.offered()]
    for n, name in enumerate(names):
        made.append(understood.final(UtteranceId(f"n{n}"), name, second=n))
        made.append(understood.entity(name, EntityType.ORDER, name, uid=f"n{n}"))
    return arrange_chips(before, state_after(made), LiveWords())


def shown(chips: Chips) -> list[str | None]:
    return [chip.value if chip else None for chip in chips]


def lines_of(model: CallModel) -> list[Line]:
    transcript = TranscriptModel()
    transcript.update_from(model.state, model.partials, model.live_words)
    return [transcript.line(row) for row in range(transcript.rowCount())]


class TestEntities:
    @given(st.lists(st.sampled_from("abcdefg"), max_size=12))
    def test_a_chip_keeps_its_place_until_newer_ones_need_it(self, names: list[str]) -> None:
        before: Chips = NO_CHIPS
        for count in range(1, len(names) + 1):
            after = arranged(names[:count], before)
            kept = [(a, b) for a, b in zip(before, after, strict=True) if a is not None]
            assert sum(a != b for a, b in kept) <= 1
            assert after[shown(after).index(names[count - 1])] is not None
            before = after
        assert {value for value in shown(before) if value} <= set(names)

    def test_the_sixth_takes_the_place_of_the_first(self) -> None:
        five = arranged(list("abcde"))
        assert shown(five) == list("abcde")
        assert shown(arranged(list("abcdef"), five)) == list("fbcde")

    def test_a_value_that_grew_stays_where_it_was(self) -> None:
        made: list[Event] = [*sample.offered(), *sample.talk()]
        made += [understood.entity(f"e{n}", EntityType.NUMBER, f"{n}") for n in range(PLACES)]
        before = arrange_chips(NO_CHIPS, state_after(made), LiveWords())
        made.append(understood.entity("e0", EntityType.ORDER, "8841"))
        after = arrange_chips(before, state_after(made), LiveWords())
        assert shown(after) == ["8841", "1", "2", "3", "4"]

    @pytest.mark.parametrize(
        ("value", "kind", "text"),
        [
            ("4242424242424242", EntityType.CARD, "4242 4242 4242 4242"),
            ("378282246310005", EntityType.CARD, "3782 822463 10005"),
            ("DE89370400440532013000", EntityType.ACCOUNT, "DE89 3704 0044 0532 0130 00"),
            ("+15555550142", EntityType.PHONE, "+1555 555 0142"),
            ("123456789", EntityType.NATIONAL_ID, "123 45 6789"),
            ("8841", EntityType.ORDER, "8841"),
            ("BK749205", EntityType.ORDER, "BK749205"),
            ("jon@gmail.com", EntityType.EMAIL, "jon@gmail.com"),
        ],
    )
    def test_long_numbers_are_read_in_groups(self, value: str, kind: EntityType, text: str) -> None:
        assert grouped(value, kind) == text

    @given(st.text(alphabet="0123456789", max_size=30), st.sampled_from(EntityType))
    def test_grouping_loses_nothing(self, value: str, kind: EntityType) -> None:
        assert grouped(value, kind).replace(" ", "") == value

    def test_a_key_copies_the_whole_value_and_says_so(self, desk: Desk) -> None:
        desk.press(Key.Key_3)
        assert QGuiApplication.clipboard().text() == understood.CARD
        button = desk.view.conversation.entities.buttons[2]
        assert button.accessibleName() == "copied: card number"
        desk.qtbot.waitUntil(lambda: "4242 4242" in button.accessibleName(), timeout=4_000)
        assert "(3)" in button.toolTip()
        assert desk.sayings == [], "copying is nobody's business but the agent's"

    def test_the_palette_copies_too(self, desk: Desk) -> None:
        desk.chord(Key.Key_K)
        QTest.keyClicks(desk.view.palette_sheet.field, "copy named 1")
        desk.press(Key.Key_Return, on=desk.view.palette_sheet.field)
        assert QGuiApplication.clipboard().text() == "8841"

    def test_digits_typed_into_a_field_copy_nothing(self, desk: Desk) -> None:
        QGuiApplication.clipboard().setText("before")
        desk.chord(Key.Key_T)
        QTest.keyClicks(desk.view.foot.note, "123")
        assert QGuiApplication.clipboard().text() == "before"
        assert desk.view.foot.note.text() == "123"

    def test_a_doubtful_value_says_to_check_it(self, desk: Desk) -> None:
        assert desk.view.conversation.entities.buttons[3].accessibleName().endswith("check it back")

    def test_after_the_call_only_what_may_be_kept_is_left(self, desk: Desk) -> None:
        count = desk.model.state.seq if desk.model.state else 0
        desk.model.apply(sample.recorded([events.CallReleased()], after=count))
        card, phone = desk.view.conversation.entities.chips[2:4]
        assert isinstance(card, EntityChip)
        assert isinstance(phone, EntityChip)
        assert (card.shown, card.value, phone.shown, phone.value) == ("…4242", "", "not kept", "")
        QGuiApplication.clipboard().setText("before")
        desk.press(Key.Key_3)
        assert QGuiApplication.clipboard().text() == "before"

    def test_a_reference_that_was_named_is_not_pinned_twice(self) -> None:
        state = state_after(sample.offered())
        assert pinned(state) == ("order 8841",)
        assert pinned(state, named=("8841",)) == ()


class TestFeelings:
    def test_one_word_stands_beside_what_a_customer_said(self, desk: Desk) -> None:
        said = {line.utterance_id: line for line in lines_of(desk.model)}
        frustrated, worried = said[UtteranceId("u2")], said[UtteranceId("u6")]
        assert (frustrated.mood, frustrated.feeling) == ("frustrated", Feeling.BAD)
        assert frustrated.explanation == "frustrated, possibly angry · strong"
        assert (worried.mood, worried.feeling) == ("possibly worried", Feeling.CARE)

    def test_what_is_unclear_is_not_said(self) -> None:
        made = [*sample.offered(), *sample.talk()]
        made.append(understood.emotion("u2", (Emotion.ANGER, 0.4)))
        utterance = state_after(made).utterances[1]
        assert utterance_mood(utterance) == ("very unhappy", Feeling.BAD)

    def test_an_agents_words_have_no_feeling_whatever_they_hold(self) -> None:
        made = [*sample.offered(), *sample.talk()]
        held = understood.emotion("u1", (Emotion.ANGER, 0.99))
        spoken = state_after(made).utterances[0]
        forged = replace(spoken, emotion=held)
        assert forged.role is Role.AGENT
        assert utterance_mood(forged) == ("", Feeling.EVEN)
        state = replace(state_after(made), utterances=(forged,))
        assert current_emotion(state) == ""

    @given(
        st.sampled_from([Role.AGENT, Role.BOT]),
        st.lists(st.tuples(st.sampled_from(Emotion), st.floats(0, 1)), max_size=8),
    )
    def test_no_emotion_of_anybody_else_is_ever_worded(
        self, role: Role, felt: list[tuple[Emotion, float]]
    ) -> None:
        final = understood.final(understood.U8, "words", second=1)
        assert isinstance(final, events.UtteranceFinal)
        utterance = Utterance(final=final, role=role, emotion=understood.emotion("u8", *felt))
        assert utterance_mood(utterance) == ("", Feeling.EVEN)

    def test_the_newest_emotion_stands_in_the_call_bar(self, desk: Desk) -> None:
        assert desk.model.state is not None
        assert current_emotion(desk.model.state) == "sad"


class TestCare:
    def test_effort_and_vulnerability_are_told_with_their_words(self, desk: Desk) -> None:
        assert desk.model.state is not None
        vulnerable, effort = care_notes(desk.model.state)
        assert vulnerable.title == "Vulnerable customer: bereavement"
        assert vulnerable.summary == "“my husband died”"
        assert effort.title == "Has had to work hard"
        assert [proof.utterance_id for proof in effort.proofs] == [None, "u2", "u2"]
        assert effort_words(desk.model.state) == "effort: high"

    def test_little_effort_is_not_told(self) -> None:
        made = [*sample.offered(), *sample.talk(), replace(understood.EFFORT, effort=0.1)]
        assert care_notes(state_after(made)) == ()
        assert effort_words(state_after(made)) == ""

    def test_a_note_opens_its_words_and_shows_their_place(self, desk: Desk) -> None:
        followed: list[bool] = []
        desk.view.conversation.list.following_changed.connect(followed.append)
        section = desk.view.findChild(CareSection)
        assert isinstance(section, CareSection)
        notes = {row.accessibleName(): row for row in section.findChildren(ChoiceRow)}
        effort = next(row for name, row in notes.items() if name.startswith("Has had to work"))
        desk.press(Key.Key_Return, on=effort)
        quote = notes["“nobody answers my e-mails”"]
        assert quote.isVisible()
        desk.press(Key.Key_Return, on=quote)
        assert followed == [False]

    def test_a_customer_who_was_no_trouble_has_no_notes(self, qtbot: QtBot) -> None:
        calm = Desk(qtbot)
        calm.happen(*sample.offered())
        assert [s for s in calm.visible(CareSection) if s.isVisible()] == []

    def test_vulnerability_is_no_warning_in_the_conversation(self, desk: Desk) -> None:
        drivers = [driver for line in lines_of(desk.model) for driver in line.drivers]
        assert drivers == ["third contact"]


def test_thanks_and_promises_are_not_urgent() -> None:
    made = [*sample.offered(), *sample.talk()]
    made += [understood.driver("u6", "thanks", "Thanks", "thanks")]
    transcript = TranscriptModel()
    transcript.update_from(state_after(made), {})
    assert transcript.line(5).drivers == ()


def test_an_agents_behaviours_are_ticks(desk: Desk) -> None:
    ticks = {line.utterance_id: line.ticks for line in lines_of(desk.model) if line.ticks}
    assert ticks == {"u1": ("greeting",), "u3": ("empathy",), "u9": ("identity check",)}


def test_what_is_understood_survives_a_lost_link(desk: Desk) -> None:
    before = lines_of(desk.model)
    desk.model.set_link(LinkPhase.RECONNECTING)
    desk.model.set_link(LinkPhase.CONNECTED)
    assert lines_of(desk.model) == before
    assert understood.CARD_SAID in [line.text for line in before]


@pytest.mark.parametrize(
    ("size", "scale"), [((1440, 900), 1.0), ((1024, 700), 1.0), ((1440, 900), 2.0)]
)
def test_what_is_understood_needs_no_larger_window(
    qtbot: QtBot, size: tuple[int, int], scale: float
) -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    theme = replace(DARK, scale=scale)
    dress(application, theme)
    model = CallModel()
    view = AgentView(model, theme=theme)
    qtbot.addWidget(view)
    view.resize(*size)
    view.show()
    model.apply(understood.live_call())
    qtbot.wait(100)
    assert (view.width(), view.height()) == size
    chips = [button for button in view.conversation.entities.buttons if button.isVisible()]
    assert len(chips) == 4
    right = view.conversation.entities.rect().right()
    assert all(chip.geometry().right() <= right for chip in chips)
    application.setStyleSheet("")


def long_call(count: int) -> list[events.Recorded]:
    made: list[Event] = [*sample.offered()]
    for n in range(count):
        uid = UtteranceId(f"m{n}")
        made.append(understood.final(uid, "some words that were said " * 3, second=n))
        made.append(understood.emotion(uid, (Emotion.WORRY, 0.8)))
    return sample.recorded(made)


def test_a_long_call_is_shown_in_time(qtbot: QtBot) -> None:
    model = CallModel()
    view = AgentView(model, theme=DARK)
    qtbot.addWidget(view)
    view.resize(1440, 900)
    view.show()
    call = long_call(1_000)
    model.apply(call)
    qtbot.wait(50)
    times = []
    for n in range(10):
        before = time.thread_time()
        model.apply([sample.partial(f"word {n}", "and more", uid="u-new")])
        QApplication.processEvents()
        times.append(time.thread_time() - before)
    assert min(times) < 0.016, times  # seconds of CPU: one frame
