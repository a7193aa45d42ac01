"""The transcript: rows keep their place, a batch is one range, and the list is never reset."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from agent_desktop.view_models.call_model import CallModel
from agent_desktop.view_models.mood_model import Feeling
from agent_desktop.view_models.transcript_model import TranscriptModel, TranscriptRole
from assist_engine.contract import events
from assist_engine.contract.answers import PartialHeard
from assist_engine.contract.events import Recorded
from assist_engine.contract.ids import UtteranceId
from tests.gui import agent_sample as sample


def with_call(items: Sequence[Recorded | PartialHeard]) -> tuple[CallModel, TranscriptModel]:
    model, transcript = CallModel(), TranscriptModel()
    model.apply(items)
    transcript.update_from(model.state, model.partials)
    return model, transcript


def watch(transcript: TranscriptModel) -> None:
    QAbstractItemModelTester(
        transcript, QAbstractItemModelTester.FailureReportingMode.Fatal, transcript
    )


def texts(transcript: TranscriptModel) -> list[str]:
    return [transcript.line(row).text for row in range(transcript.rowCount())]


def test_lines_say_who_when_and_how() -> None:
    _, transcript = with_call(sample.recorded(sample.offered() + sample.talk()))
    watch(transcript)
    line = transcript.line(1)
    assert (line.speaker, line.when, line.mood) == ("Ana", "00:41", "very unhappy")
    assert line.feeling is Feeling.BAD
    assert line.drivers == ("third contact",)
    index = transcript.index(0)
    assert str(index.data()).startswith("Kim 00:38: thank you")
    assert index.data(TranscriptRole.LINE) == transcript.line(0)


def test_an_agents_line_never_has_a_mood() -> None:
    _, transcript = with_call(sample.recorded(sample.offered() + sample.talk()))
    agents = [line for row in range(6) if not (line := transcript.line(row)).is_customer]
    assert len(agents) == 3
    assert all(line.mood == "" and line.feeling is Feeling.EVEN for line in agents)


def test_a_partial_becomes_its_final_in_place(qtbot: QtBot) -> None:
    call = sample.recorded(sample.offered() + sample.talk())
    model, transcript = with_call([*call, sample.partial()])
    watch(transcript)
    row = transcript.rowCount() - 1
    moving = transcript.line(row)
    assert (moving.stable, moving.is_partial, moving.when) == (
        "and i don’t want to pay",
        True,
        "now",
    )
    resets: list[bool] = []
    transcript.modelReset.connect(lambda: resets.append(True))
    final = events.UtteranceFinal(
        utterance_id=UtteranceId("u7"),
        participant_id=sample.ANA,
        text="and i don’t want to pay twice",
        start_ms=80_000,
        end_ms=83_000,
    )
    model.apply(sample.recorded([final], after=len(call)))
    with qtbot.waitSignal(transcript.dataChanged) as changed:
        transcript.update_from(model.state, model.partials)
    assert changed.args is not None
    assert (changed.args[0].row(), changed.args[1].row()) == (row, row)
    assert transcript.line(row).text == "and i don’t want to pay twice"
    assert not transcript.line(row).is_partial
    assert resets == []


def test_a_partial_that_was_nothing_leaves() -> None:
    model, transcript = with_call([*sample.recorded(sample.offered()), sample.partial()])
    assert transcript.rowCount() == 1
    model.apply([sample.partial("", "", uid="u7")])
    transcript.update_from(model.state, model.partials)
    assert transcript.rowCount() == 0


def test_no_call_is_no_rows() -> None:
    model, transcript = with_call(sample.recorded(sample.offered() + sample.talk()))
    watch(transcript)
    model.leave_call()
    transcript.update_from(model.state, model.partials)
    assert transcript.rowCount() == 0


@settings(max_examples=30)
@given(cuts=st.lists(st.integers(0, 16), max_size=6))
def test_batches_of_any_size_give_the_same_rows(cuts: list[int]) -> None:
    call = sample.recorded(sample.offered() + sample.talk())
    _, at_once = with_call(list(call))
    model, transcript = CallModel(), TranscriptModel()
    changed: list[tuple[int, int]] = []
    transcript.dataChanged.connect(lambda a, b: changed.append((a.row(), b.row())))
    places = sorted({0, *(min(cut, len(call)) for cut in cuts), len(call)})
    for start, end in pairwise(places):
        before = len(changed)
        model.apply(call[start:end])
        transcript.update_from(model.state, model.partials)
        assert len(changed) - before <= 1
    assert texts(transcript) == texts(at_once)


@pytest.mark.parametrize("uid", ["u1", "u6"])
def test_rows_are_found_by_utterance(uid: str) -> None:
    _, transcript = with_call(sample.recorded(sample.offered() + sample.talk()))
    row = transcript.row_of(UtteranceId(uid))
    assert row is not None
    assert transcript.line(row).utterance_id == uid
    assert transcript.row_of(UtteranceId("nobody")) is None
