"""The wall's model: folding, order, figures, what the supervisor does, refusals and gaps."""

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from agent_desktop.view_models.call_risk import RiskWord
from agent_desktop.view_models.call_story import EntryKind
from agent_desktop.view_models.story_model import StoryModel
from agent_desktop.view_models.wall_figures import HOUR_MS, MoodTrend
from agent_desktop.view_models.wall_model import WallModel
from assist_engine.contract import events
from assist_engine.contract.answers import Accepted, PartialHeard, Refused
from assist_engine.contract.commands import AcknowledgeAlert, SendWhisper, Watch
from assist_engine.contract.ids import AgentId, AlertId, CallId, ParticipantId, UtteranceId
from assist_engine.contract.values import AlertVerdict, Role
from tests.gui.wall_scene import Scene, calm_call, everything, upset_call

pytestmark = pytest.mark.gui

ANA = CallId("ana")


@pytest.fixture
def wall(qtbot: QtBot) -> WallModel:
    return WallModel()


def given(wall: WallModel) -> list[Any]:
    commands: list[Any] = []
    wall.command_given.connect(commands.append)
    return commands


def partial(words: str, *, heard_ms: int, utterance: str = "u99") -> PartialHeard:
    return PartialHeard(
        call_id=ANA,
        utterance_id=UtteranceId(utterance),
        participant_id=ParticipantId("agent"),
        stable=words,
        tail="",
        start_ms=400_000,
        heard_ms=heard_ms,
    )


def test_worst_call_comes_first(wall: WallModel) -> None:
    sad = Scene("sad", customer="Sad", offered_ms=2)
    sad.customer("that is bad", at_ms=1_000, score=-0.8)
    longest = Scene("longest", customer="Longest", offered_ms=1)
    newest = Scene("newest", customer="Newest", offered_ms=3)
    wall.apply(everything([newest, longest, sad, upset_call(offered_ms=9)]))
    assert [row.call_id for row in wall.rows] == ["ana", "sad", "longest", "newest"]


def test_line_says_what_is_known(wall: WallModel) -> None:
    wall.apply(upset_call().take())
    (row,) = wall.rows
    assert (row.customer, row.agent, row.queue, row.about) == (
        "Ana Ruiz",
        "Kim",
        "Orders",
        "late parcel",
    )
    assert row.time_ms == 400_000 - 8_000
    assert row.drivers == ("wants to cancel everything", "third contact")
    assert row.quote.endswith("i'll go elsewhere")
    assert row.talk == {Role.CUSTOMER: pytest.approx(0.6), Role.AGENT: pytest.approx(0.4)}
    assert row.risk.word is RiskWord.HIGH
    assert "open alert" in row.risk.text


def test_caller_without_a_record_is_said_to_be_unknown(wall: WallModel) -> None:
    wall.apply(Scene("c").take())
    assert wall.rows[0].customer == "Unknown caller"
    assert wall.rows[0].risk.word is RiskWord.LOW


def test_an_agents_words_never_count_as_mood(wall: WallModel) -> None:
    scene = Scene("c")
    said = scene.agent("this is terrible", at_ms=1_000)
    wall.apply(scene.take())
    assert wall.rows[0].mood == ()
    assert wall.opened is None
    wall.open_call(CallId("c"))
    story = StoryModel(wall)
    assert [(entry.key, entry.mood) for entry in story.lines] == [(f"said {said}", "")]


def test_figures_count_calls_needs_and_alerts(wall: WallModel) -> None:
    judged = calm_call("judged")
    judged.alert("for nothing", quote="x")
    judged.acknowledged(AlertVerdict.NOISE)
    useful = calm_call("useful")
    useful.alert("real", quote="y")
    useful.acknowledged(AlertVerdict.USEFUL)
    useful.release()
    paused = calm_call("paused")
    paused.add(events.CallPaused())
    wall.apply(everything([upset_call(), judged, useful, paused]))
    figures = wall.figures
    assert (figures.live, figures.paused, figures.need_you) == (3, 1, 1)
    assert (figures.alerts, figures.useful, figures.noise, figures.open) == (3, 1, 1, 1)


def test_alerts_older_than_an_hour_are_not_counted(wall: WallModel) -> None:
    wall.apply(upset_call().take())
    wall.apply(calm_call("later", offered_ms=2 * HOUR_MS).take())
    assert wall.figures.alerts == 0
    assert wall.figures.need_you == 1


def test_mood_now_is_compared_with_the_last_hour(wall: WallModel) -> None:
    unknown = wall.figures.trend
    scene = Scene("c")
    for minute in range(6):
        scene.customer("bad", at_ms=minute * 60_000, score=-0.9)
    scene.release()
    wall.apply(scene.take())
    better = Scene("better", offered_ms=400_000)
    better.customer("lovely", at_ms=1_000, score=0.9)
    wall.apply(better.take())
    assert (unknown, wall.figures.trend) == (MoodTrend.UNKNOWN, MoodTrend.BETTER)


def test_ended_call_leaves(wall: WallModel) -> None:
    scene = upset_call()
    wall.apply(scene.take())
    scene.release()
    wall.apply(scene.take())
    assert wall.rows == ()
    scene.add(events.NoteTaken(text="late"))  # events after the end bring no call back
    wall.apply(scene.take())
    assert wall.rows == ()
    assert wall.held_seqs() == {}


def test_order_is_held_under_the_mouse(wall: WallModel) -> None:
    first, second = calm_call("first", offered_ms=1), calm_call("second", offered_ms=2)
    wall.apply(everything([first, second]))
    wall.hold_order()
    second.alert("now bad", quote="x")
    third = calm_call("third")
    first.release()
    wall.apply(everything([second, third, first]))
    assert [(row.call_id, row.is_over) for row in wall.rows] == [
        ("first", True),
        ("second", False),
        ("third", False),
    ]
    wall.release_order()
    assert [row.call_id for row in wall.rows] == ["second", "third"]


def test_gap_asks_once_for_what_is_missing(wall: WallModel) -> None:
    asked: list[tuple[object, object]] = []
    wall.resume_wanted.connect(lambda call, seq: asked.append((call, seq)))
    recorded = upset_call().take()
    wall.apply(recorded[:5])
    wall.apply(recorded[7:])
    assert asked == [("ana", 5)]
    wall.apply(recorded[5:])
    assert wall.held_seqs() == {ANA: len(recorded)}


def test_repeats_change_nothing(wall: WallModel) -> None:
    recorded = upset_call().take()
    wall.apply(recorded)
    before = wall.rows
    wall.apply(recorded)
    assert wall.rows == before
    assert wall.figures.alerts == 1


def test_acknowledging_judges_every_open_alert(wall: WallModel) -> None:
    scene = upset_call()
    scene.alert("again", quote="z", alert_id="alert-2")
    wall.apply(scene.take())
    commands = given(wall)
    wall.acknowledge(ANA, verdict=AlertVerdict.USEFUL)
    wall.acknowledge(ANA, verdict=AlertVerdict.NOISE)  # one is on its way already
    assert commands == [
        AcknowledgeAlert(call_id=ANA, alert_id=AlertId(alert), verdict=AlertVerdict.USEFUL)
        for alert in ("alert-1", "alert-2")
    ]
    assert wall.is_judging(ANA)
    scene.acknowledged(AlertVerdict.USEFUL)
    scene.acknowledged(AlertVerdict.NOISE, alert_id="alert-2")  # another supervisor was faster
    wall.apply([*scene.take(), Accepted(ref=1)])
    assert not wall.is_judging(ANA)
    assert wall.figures.need_you == 0


def test_refusal_is_shown_at_its_call(wall: WallModel) -> None:
    wall.apply(everything([upset_call(), calm_call("calm")]))
    wall.whisper(CallId("calm"), text="well done")
    wall.acknowledge(ANA, verdict=AlertVerdict.NOISE)
    wall.apply([Refused(ref=2, code="alert.unknown", message="this call has no alert")])
    assert wall.refusal(ANA) == "this call has no alert"
    assert wall.refusal(CallId("calm")) == ""
    assert not wall.is_judging(ANA)
    wall.apply([Refused(ref=1, code="access.role", message="only supervisors")])
    assert wall.refusal(CallId("calm")) == "only supervisors"


def test_whisper_is_on_its_way_until_it_is_in_the_log(wall: WallModel) -> None:
    scene = upset_call()
    wall.apply(scene.take())
    commands = given(wall)
    assert not wall.whisper(ANA, text="  ")
    assert wall.whisper(ANA, text=" waive the fee ")
    assert commands == [SendWhisper(call_id=ANA, text="waive the fee")]
    assert wall.is_whispering
    scene.add(
        events.WhisperSent(whisper_id="w", by=AgentId("s"), by_name="S", text="waive the fee")
    )
    wall.apply(scene.take())
    assert not wall.is_whispering


def test_nobody_hears_a_whisper_after_the_end(wall: WallModel) -> None:
    scene = upset_call()
    wall.apply(scene.take())
    wall.open_call(ANA)
    scene.release()
    wall.apply(scene.take())
    assert wall.opened is not None
    assert not wall.opened.is_live
    assert not wall.whisper(ANA, text="too late")


def test_opened_call_is_watched_and_stays_after_its_end(wall: WallModel, qtbot: QtBot) -> None:
    scene = upset_call()
    recorded = scene.take()
    wall.apply(recorded)
    commands = given(wall)
    wall.open_call(ANA)
    wall.open_call(ANA)
    assert commands == [Watch(call_id=ANA, after_seq=len(recorded))]
    scene.release()
    with qtbot.waitSignal(wall.opened_changed, timeout=1_000):
        wall.apply(scene.take())
    assert wall.rows == ()
    assert wall.opened is not None
    wall.close_call()
    assert wall.opened is None


def test_partials_of_the_opened_call_give_way_to_their_final(wall: WallModel) -> None:
    scene = upset_call()
    wall.apply(scene.take())
    wall.apply([partial("not opened", heard_ms=401_000)])
    assert not list(wall.partials)
    wall.open_call(ANA)
    story = StoryModel(wall)
    wall.apply([partial("let me", heard_ms=402_000)])
    wall.apply([partial("let me check", heard_ms=403_500, utterance="u11")])
    assert [p.stable for p in wall.partials] == ["let me", "let me check"]
    assert wall.opened_time_ms == 403_500
    assert [entry.kind for entry in story.lines][-2:] == [EntryKind.BEING_SAID] * 2
    said = scene.agent("let me check that", at_ms=400_000)
    assert said == "u11"
    wall.apply(scene.take())
    wall.apply([partial("late", heard_ms=404_000, utterance="u11")])
    assert [p.utterance_id for p in wall.partials] == ["u99"]


def test_partials_move_the_clock(wall: WallModel) -> None:
    wall.apply(upset_call().take())
    wall.apply([partial("x", heard_ms=450_000)])
    assert wall.rows[0].time_ms == 450_000


def test_many_batches_announce_the_lists_a_few_times_a_second(
    wall: WallModel, qtbot: QtBot
) -> None:
    announced: list[None] = []
    wall.changed.connect(lambda: announced.append(None))
    scene = Scene("c")
    for n in range(50):
        scene.customer(f"word {n}", at_ms=n * 1_000)
        wall.apply(scene.take())
    assert len(announced) == 1
    assert wall.rows[0].quote == "word 49"  # reading is fresh all the same
    qtbot.waitUntil(lambda: len(announced) == 2, timeout=2_000)


def test_story_tells_what_was_shown_and_whether_it_was_used(wall: WallModel) -> None:
    wall.apply(upset_call().take())
    wall.open_call(ANA)
    shown = [e for e in StoryModel(wall).lines if e.kind is EntryKind.SHOWN]
    assert [(entry.text, entry.detail) for entry in shown] == [
        ("Late or lost parcels", "used"),
        ("Send a replacement with express", "not used yet"),
    ]
