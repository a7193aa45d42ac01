"""The call model: folds batches, says once what changed, keeps partials only while they move."""

from typing import Any

import pytest
from msgspec.structs import replace

from agent_desktop.view_models.call_actions import CallActions
from agent_desktop.view_models.call_model import CallModel, LinkPhase
from agent_desktop.view_models.changed import Changed, changed_by
from assist_engine.call.fold import fold
from assist_engine.call.state import CallState, Phase
from assist_engine.contract import commands, events, knowledge_requests
from assist_engine.contract.answers import CallOpened, EngineStatus, Refused
from assist_engine.contract.ids import CallId, UtteranceId
from tests.gui import agent_sample as sample


class Heard:
    """A model and what it announced."""

    def __init__(self) -> None:
        self.model = CallModel()
        self.changes: list[Changed] = []
        self.commands: list[Any] = []
        self.resumes: list[Any] = []
        self.model.changed.connect(self.changes.append)
        self.model.command_given.connect(self.commands.append)
        self.model.resume_wanted.connect(self.resumes.append)


@pytest.fixture
def heard() -> Heard:
    return Heard()


def whole_call() -> list[events.Recorded]:
    made = sample.offered() + sample.talk() + sample.cards() + sample.hang_up()
    return sample.recorded(made)


def test_a_batch_is_announced_once_and_equals_the_fold(heard: Heard) -> None:
    heard.model.apply(whole_call())
    assert len(heard.changes) == 1
    assert heard.model.state == fold(whole_call(), CallState(call_id=sample.CALL))


def test_repeats_change_nothing(heard: Heard) -> None:
    heard.model.apply(whole_call())
    before = heard.model.state
    heard.model.apply(whole_call()[3:])
    assert heard.model.state is before
    assert len(heard.changes) == 1


def test_a_gap_asks_once_for_what_is_missing(heard: Heard) -> None:
    call = whole_call()
    heard.model.apply(call[:4])
    heard.model.apply(call[6:9])
    assert heard.resumes == [commands.Watch(call_id=sample.CALL, after_seq=4)]
    heard.model.apply(call[4:])
    assert heard.model.state is not None
    assert heard.model.state.seq == len(call)
    heard.model.apply(sample.recorded(sample.cards()[-1:], after=len(call) + 5))
    assert len(heard.resumes) == 2


def test_a_partial_lives_until_its_final(heard: Heard) -> None:
    call = sample.recorded(sample.offered())
    heard.model.apply([*call, sample.partial()])
    assert sample.ANA in heard.model.partials
    final = events.UtteranceFinal(
        utterance_id=UtteranceId("u7"),
        participant_id=sample.ANA,
        text="and i don’t want to pay",
        start_ms=80_000,
        end_ms=83_000,
    )
    heard.model.apply(sample.recorded([final], after=len(call)))
    assert heard.model.partials == {}
    heard.model.apply([sample.partial()])
    assert heard.model.partials == {}, "a partial that comes after its final is late"


def test_partials_of_other_calls_and_of_ended_calls_are_ignored(heard: Heard) -> None:
    heard.model.apply([sample.partial()])
    heard.model.apply(sample.recorded(sample.offered()))
    heard.model.apply([replace(sample.partial(), call_id=CallId("other"))])
    assert heard.model.partials == {}
    heard.model.apply([sample.partial()])
    heard.model.apply(sample.recorded(sample.hang_up(), after=5))
    assert heard.model.partials == {}
    heard.model.apply([sample.partial(uid="u9")])
    assert heard.model.partials == {}


def test_a_live_call_is_not_replaced_and_an_ended_one_is(heard: Heard) -> None:
    other = CallId("call-2")
    heard.model.apply(sample.recorded(sample.offered()))
    heard.model.apply(sample.recorded(sample.offered(), call_id=other))
    assert heard.model.state is not None
    assert heard.model.state.call_id == sample.CALL
    heard.model.apply(sample.recorded(sample.hang_up(), after=5))
    heard.model.apply(sample.recorded(sample.offered(), call_id=other))
    assert heard.model.state.call_id == other
    assert heard.model.state.phase is Phase.LIVE


def test_an_opened_call_waits_for_its_events(heard: Heard) -> None:
    opened = CallOpened(ref=1, call_id=sample.CALL, seq=0, resume_from_ms={0: 0})
    heard.model.apply([opened])
    assert heard.model.state == CallState(call_id=sample.CALL)
    heard.model.apply(whole_call()[:5])
    before = heard.model.state
    heard.model.apply([opened])
    assert heard.model.state is before, "taking a call up again keeps what is known"


def test_latency_is_counted_from_audio_positions(heard: Heard) -> None:
    heard.model.apply(sample.recorded(sample.offered()))
    heard.model.audio_sent(252_210)
    heard.model.apply([sample.partial()])
    assert heard.model.latency.newest_partial_ms == 210
    assert heard.model.audio_ms == 252_210


def test_each_event_kind_says_what_it_changes() -> None:
    made = sample.offered() + sample.talk() + sample.cards() + sample.hang_up()
    for event in made:
        assert changed_by(event) is not Changed.NOTHING
    assert changed_by(events.Unrecognised(kind="x.y", raw=b"{}")) is Changed.NOTHING


def test_link_engine_and_refusals_are_status(heard: Heard) -> None:
    heard.model.set_link(LinkPhase.CONNECTED)
    heard.model.apply([EngineStatus(is_ready=False, stage="loading", progress=0.2)])
    heard.model.apply([Refused(ref=1, code="note.empty", message="a note has a word")])
    assert all(change & Changed.STATUS for change in heard.changes)
    heard.model.give(knowledge_requests.SearchKnowledge(query="x"))
    assert heard.model.refusal is None


def test_actions_need_a_call(heard: Heard) -> None:
    actions = CallActions(heard.model)
    actions.pause()
    actions.note("x")
    assert heard.commands == []
    heard.model.apply(sample.recorded(sample.offered()))
    actions.pause()
    actions.note("   ")
    actions.note(" call back ")
    actions.release()
    assert heard.commands == [
        commands.PauseCall(call_id=sample.CALL),
        commands.TakeNote(call_id=sample.CALL, text="call back"),
        commands.ReleaseCall(call_id=sample.CALL),
    ]


def test_leaving_a_call_makes_room(heard: Heard) -> None:
    heard.model.apply(whole_call())
    heard.model.leave_call()
    assert heard.model.state is None
    assert heard.model.audio_ms == 0
    assert heard.changes[-1] == Changed.EVERYTHING
