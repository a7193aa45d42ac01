"""What a supervisor sees of what was understood: redacted words, turns, feelings, talk figures."""

import time
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from agent_desktop.theme import DARK, Theme, dress
from agent_desktop.view_models.call_model import LinkPhase
from agent_desktop.view_models.mood_model import Feeling
from agent_desktop.view_models.story_model import StoryModel
from agent_desktop.view_models.talk_model import (
    behaviours_line,
    own_line,
    talk_line,
    talk_rows,
    talk_shares,
)
from agent_desktop.view_models.turn_words import turn_text
from agent_desktop.view_models.wall_model import WallModel
from agent_desktop.widgets.supervisor.mood_plot import MoodPlot
from agent_desktop.widgets.supervisor.story_list import StoryList
from agent_desktop.widgets.supervisor.talk_section import TalkSection
from agent_desktop.widgets.supervisor.turn_list import TurnRow
from agent_desktop.widgets.supervisor.wall_view import WallView
from assist_engine.call.selectors import turning_points
from assist_engine.call.voice_metrics import VoiceMetrics, voice_metrics
from assist_engine.contract.answers import PartialHeard
from assist_engine.contract.ids import CallId, UtteranceId
from assist_engine.contract.values import Emotion, Role
from tests.gui.test_wall_view import READY
from tests.gui.wall_scene import AGENT, Scene, calm_call, everything, understood_call

pytestmark = pytest.mark.gui
ANA = CallId("ana")


def opened(scene: Scene) -> WallModel:
    wall = WallModel()
    wall.apply(scene.take())
    wall.open_call(scene.call_id)
    return wall


def shown(qtbot: QtBot, theme: Theme = DARK) -> tuple[WallModel, WallView]:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    dress(application, theme)
    wall = WallModel()
    wall.set_link(LinkPhase.CONNECTED)
    wall.apply([READY, *everything([understood_call(), calm_call("calm", offered_ms=3)])])
    view = WallView(wall, theme=theme)
    qtbot.addWidget(view)
    view.resize(1440, 900)
    view.show()
    wall.open_call(ANA)
    qtbot.wait(30)
    return wall, view


def only(view: QWidget, kind: type[Any]) -> Any:
    (found,) = view.findChildren(kind)
    return found


def test_what_was_redacted_reads_as_what_it_was(qtbot: QtBot) -> None:
    story = StoryModel(opened(understood_call()))
    entry = next(entry for entry in story.lines if "card" in entry.text)
    assert entry.plain == "my card is [card number …4242] by the way"
    assert len(entry.marks) == 1
    spoken = story.data(story.index(story.row_of(UtteranceId("u11")) or 0), 11)
    assert spoken == "Ana 06:42 my card is [card number …4242] by the way"


def test_a_redacted_partial_reads_so_too(qtbot: QtBot) -> None:
    wall = opened(understood_call())
    heard = PartialHeard(
        call_id=ANA,
        utterance_id=UtteranceId("u99"),
        participant_id=AGENT,
        stable="so your card is [CARD]",
        tail="right",
        start_ms=420_000,
        heard_ms=421_000,
    )
    wall.apply([heard])
    assert StoryModel(wall).lines[-1].plain == "so your card is [card number] right"


def test_the_wall_quotes_no_placeholder(qtbot: QtBot) -> None:
    wall = WallModel()
    scene = calm_call("c")
    scene.says(Role.CUSTOMER, "it is [PHONE] okay", at_ms=40_000)
    wall.apply(scene.take())
    assert wall.rows[0].quote == "it is [phone number] okay"


def test_feelings_are_the_customers_and_ticks_the_agents(qtbot: QtBot) -> None:
    story = StoryModel(opened(understood_call()))
    said = {entry.utterance_id: entry for entry in story.lines}
    upset = said[UtteranceId("u6")]
    assert (upset.mood, upset.feeling) == ("frustrated", Feeling.BAD)
    assert upset.explanation == "frustrated, possibly angry · strong"
    assert said[UtteranceId("u7")].ticks == ("empathy",)
    assert {entry.mood for entry in story.lines if entry.role is Role.AGENT} == {""}


def test_an_emotion_sent_for_an_agent_is_never_shown(qtbot: QtBot) -> None:
    scene = Scene("ana")
    said = scene.agent("this is terrible", at_ms=1_000)
    scene.feels(said, (Emotion.ANGER, 0.99))
    (entry,) = StoryModel(opened(scene)).lines
    assert (entry.mood, entry.feeling, entry.explanation) == ("", Feeling.EVEN, "")


def test_vulnerability_is_said_to_be_one(qtbot: QtBot) -> None:
    wall = opened(understood_call())
    assert "vulnerable: bereavement" in wall.rows[0].drivers


def test_thanks_make_no_call_risky(qtbot: QtBot) -> None:
    wall = WallModel()
    scene = Scene("c")
    scene.customer("thank you", at_ms=1_000, driver="thanks")
    wall.apply(scene.take())
    assert wall.rows[0].drivers == ()
    assert wall.rows[0].risk.level == 0


def test_each_turn_says_after_which_words(qtbot: QtBot) -> None:
    wall = opened(understood_call())
    assert wall.opened is not None
    texts = [turn_text(turn) for turn in turning_points(wall.opened)]
    assert texts == [
        "fell at 03:14 after “i can only offer a voucher”",
        "rose at 05:14 after “i am so sorry that you had to wait that long”",
        "fell at 06:32 after “i understand let me see what i can do”",
    ]


def test_a_turn_before_which_nobody_spoke_says_its_own_words(qtbot: QtBot) -> None:
    scene = Scene("ana")
    scene.customer("all was well", at_ms=1_000, score=0.6)
    scene.customer("now my card is gone", at_ms=9_000, score=-0.9)
    wall = opened(scene)
    assert wall.opened is not None
    texts = [turn_text(turn) for turn in turning_points(wall.opened)]
    assert texts == ["fell at 00:13: “now my card is gone”"]


def test_a_turn_shows_its_place_by_key_and_by_mouse(qtbot: QtBot) -> None:
    _, view = shown(qtbot)
    story: StoryList = only(view, StoryList)
    rows = view.findChildren(TurnRow)
    assert len(rows) >= 2
    assert all(row.accessibleName() for row in rows)
    QTest.keyClick(rows[0], Qt.Key.Key_Return)
    assert not story.is_following
    story.follow()
    plot: MoodPlot = only(view, MoodPlot)
    for x in range(plot.width()):
        for y in range(0, plot.height(), 6):
            QTest.mouseClick(plot, Qt.MouseButton.LeftButton, pos=QPoint(x, y))
            if not story.is_following:
                return
    pytest.fail("no point of the plot shows a place")


def test_talk_is_told_in_a_line_and_in_a_table(qtbot: QtBot) -> None:
    wall, view = shown(qtbot)
    section: TalkSection = only(view, TalkSection)
    assert talk_line(wall.opened_voice[0]).startswith("agent talks 33 %")
    section.more.click()
    qtbot.wait(30)
    said = [label.text() for label in section.findChildren(QLabel) if label.isVisible()]
    assert {"talk", "33 %", "67 %", "interruptions", "silence"} <= set(said)
    assert "✓ greeting 00:35 · ✓ empathy 05:00" in " ".join(said)
    lately = next(b for b in section.findChildren(QPushButton) if b.text() == "last 2 minutes")
    lately.click()
    assert [row.name for row in talk_rows(wall.opened_voice[1])] == [
        row.name for row in talk_rows(wall.opened_voice[0])
    ]
    section.more.click()
    assert section.more.text() == "Talk figures"


def test_figures_grow_with_the_call(qtbot: QtBot) -> None:
    scene = understood_call()
    wall = opened(scene)
    assert wall.opened is not None
    assert wall.opened_voice[0] == voice_metrics(wall.opened)
    scene.agent("let me do that for you now", at_ms=420_000)
    wall.apply(scene.take())
    assert wall.opened_voice[0] == voice_metrics(wall.opened)
    assert talk_shares(wall.opened_voice[0])[Role.AGENT] == pytest.approx(5 / 13, abs=0.1)


def test_nothing_said_is_told_as_nothing(qtbot: QtBot) -> None:
    empty = VoiceMetrics(since_ms=0)
    assert talk_shares(empty) == {}
    assert own_line(empty) == ""
    assert talk_line(empty) == "nothing said by the agent yet"
    assert {row.agent or row.call for row in talk_rows(empty)} == {"–", "0 %", "none"}


def test_behaviours_are_told_once_with_their_time(qtbot: QtBot) -> None:
    scene = understood_call()
    scene.does("u9", "empathy")
    wall = opened(scene)
    assert wall.opened is not None
    assert behaviours_line(wall.opened) == "✓ greeting 00:35 · ✓ empathy 05:00"


@pytest.mark.parametrize(
    ("size", "scale"), [((1440, 900), 1.0), ((1024, 700), 1.0), ((1440, 900), 2.0)]
)
def test_the_wall_keeps_its_size_with_figures_open(
    qtbot: QtBot, size: tuple[int, int], scale: float
) -> None:
    _, view = shown(qtbot, replace(DARK, scale=scale))
    view.resize(*size)
    qtbot.wait(50)
    only(view, TalkSection).more.click()
    qtbot.wait(100)
    assert (view.width(), view.height()) == size
    only(view, TalkSection).more.click()
    qtbot.wait(100)
    assert (view.width(), view.height()) == size
    assert only(view, StoryList).isVisible()


def test_a_long_story_costs_a_frame_a_word(qtbot: QtBot) -> None:
    wall, view = shown(qtbot)
    scene = Scene("long", offered_ms=9)
    for n in range(1_000):
        uid = scene.customer("some words that were said " * 3, at_ms=n * 5_000)
        scene.feels(uid, (Emotion.WORRY, 0.8))
    wall.apply(scene.take())
    wall.open_call(scene.call_id)
    qtbot.wait(100)
    times = []
    for n in range(10):
        heard = PartialHeard(
            call_id=scene.call_id,
            utterance_id=UtteranceId("u-new"),
            participant_id=AGENT,
            stable=f"word {n}",
            tail="",
            start_ms=5_000_000,
            heard_ms=5_000_100 + n,
        )
        before = time.thread_time()
        wall.apply([heard])
        QApplication.processEvents()
        times.append(time.thread_time() - before)
    assert min(times) < 0.016, times  # seconds of CPU: one frame
    assert view.isVisible()
