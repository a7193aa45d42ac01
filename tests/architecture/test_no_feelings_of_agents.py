"""What an agent or a bot feels is read nowhere: no type, no plug-in, no setting makes it possible.

Inferring emotions of people at work is forbidden (EU AI Act, Regulation 2024/1689, art. 5(1)(f)).
"""

import ast
import inspect
import re
import typing
from collections.abc import Callable, Iterator, Sequence
from dataclasses import FrozenInstanceError, fields, replace
from functools import cache
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.main import get_command

from agent_desktop.settings import DesktopSettings
from assist_engine.__main__ import app as engine_commands
from assist_engine.call.customer_words import CustomerWords
from assist_engine.call.fold import fold
from assist_engine.call.state import CallState
from assist_engine.contract.events import (
    DriverRead,
    EffortRead,
    EmotionRead,
    Event,
    ParticipantJoined,
    Recorded,
    SentimentRead,
    StageFailed,
    UtteranceFinal,
)
from assist_engine.contract.ids import CallId, ParticipantId, UtteranceId
from assist_engine.contract.values import Emotion, Felt, Participant, Role, Sentiment
from assist_engine.inference.emotion_model import FeelingReader
from assist_engine.settings import Settings
from assist_engine.understanding.analyzer import Analyzer
from assist_engine.understanding.signal import Feelings, Observation
from tests.docs.test_everything_is_documented import command_names, setting_names

ROOT = Path(__file__).resolve().parents[2]
NOT_CUSTOMERS = tuple(role for role in Role if role is not Role.CUSTOMER)
FEELINGS = (SentimentRead, EmotionRead, EffortRead)
CALL = CallId("call")
# Whatever reads feelings from words, or tells them.
FEELING_MODULES = (
    "assist_engine.inference.emotion_model",
    "assist_engine.inference.emotion_heads",
    "assist_engine.understanding.emotion",
    "assist_engine.understanding.sentiment",
    "assist_engine.understanding.effort",
    "assist_engine.understanding.displeasure",
)
GUARDS = (
    "assist_engine.call.customer_words",
    "assist_engine.call.fold",
    "assist_engine.session.text_reader",
    "assist_engine.session.thinking",
    "assist_engine.understanding.analyzer",
)
# The model takes bare texts; only these may hand it any: its reader, and training and measuring
# on sets of written comments, where there is no call and no participant.
MODEL_USERS = {
    "assist_engine/inference/emotion_model.py",
    "assist_engine/inference/emotion_training.py",
    "assist_engine/cli/evaluate_emotions.py",
}


# The words


@pytest.mark.parametrize("role", NOT_CUSTOMERS)
def test_of_anybody_elses_words_no_customer_words_are_made(role: Role) -> None:
    with pytest.raises(ValueError, match=f"customers' words only, not from {role}"):
        CustomerWords("i am so tired of this", role)
    words = CustomerWords("i am so tired of this", Role.CUSTOMER)
    with pytest.raises(ValueError, match="customers' words only"):
        replace(words, role=role)
    with pytest.raises(FrozenInstanceError):
        words.role = role  # type: ignore[misc]


def test_a_role_that_is_only_spelled_like_one_is_refused() -> None:
    with pytest.raises(ValueError, match="customers' words only"):
        CustomerWords("hello", "customer")  # type: ignore[arg-type]


def test_what_reads_feelings_takes_customer_words_and_nothing_else() -> None:
    for name in ("read", "read_blocking"):
        given, told = taken(getattr(FeelingReader, name))
        assert given in (CustomerWords, Sequence[CustomerWords]), name
        assert told
    others = [name for name in dir(FeelingReader) if not name.startswith("_")]
    assert set(others) == {"read", "read_blocking", "stats", "start", "close"}


def taken(method: Callable[..., object]) -> tuple[object, object]:
    """What a method of one argument takes and gives."""
    hints = typing.get_type_hints(method)
    (name,) = [name for name in inspect.signature(method).parameters if name != "self"]
    return hints[name], hints["return"]


def test_feelings_come_with_the_customers_words_that_they_are_of() -> None:
    assert typing.get_type_hints(Feelings)["words"] is CustomerWords
    assert [f.name for f in fields(Observation) if "eelings" in str(f.type)] == ["feelings"]


def test_nobody_hands_the_model_bare_texts() -> None:
    users = {
        name
        for name, tree in product().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"probabilities", "logits"}
        if "emotion_model" in " ".join(imported(tree)) or "emotion_model" in name
    }
    assert users == MODEL_USERS


# The plug-ins


class Lying:
    """A plug-in that says it reads one role and tells feelings all the same."""

    name = "lying"

    def __init__(self, reads: Role, told: Event) -> None:
        self.reads = reads
        self._told = told

    def observe(self, observation: Observation, state: CallState) -> Sequence[Event]:
        return [self._told]


class Harmless:
    name = "harmless"

    def __init__(self, reads: Role) -> None:
        self.reads = reads

    def observe(self, observation: Observation, state: CallState) -> Sequence[Event]:
        uid = observation.final.utterance_id
        return [DriverRead(utterance_id=uid, driver="parrot", label="Parrot")]


def feelings_of(utterance_id: str) -> tuple[Event, ...]:
    uid = UtteranceId(utterance_id)
    return (
        SentimentRead(utterance_id=uid, sentiment=Sentiment.NEGATIVE, score=-1.0, probability=1.0),
        EmotionRead(utterance_id=uid, emotions=(Felt(Emotion.ANGER, 1.0),), intensity=1.0),
        EffortRead(utterance_id=uid, effort=1.0),
    )


def observed(role: Role) -> Observation:
    return Observation(final=final(f"{role}-1"), role=role, vector=np.zeros(3, np.float32))


def final(utterance_id: str) -> UtteranceFinal:
    return UtteranceFinal(
        utterance_id=UtteranceId(utterance_id),
        participant_id=ParticipantId(utterance_id.partition("-")[0]),
        text="i am so tired of this",
        start_ms=0,
        end_ms=1,
    )


@pytest.mark.parametrize("role", NOT_CUSTOMERS)
@pytest.mark.parametrize("told", feelings_of("agent-1"), ids=lambda event: type(event).__name__)
def test_a_plug_in_that_reads_agents_feelings_is_refused_and_told(role: Role, told: Event) -> None:
    found = Analyzer([Lying(role, told), Harmless(role)]).analyze(
        observed(role), CallState(call_id=CALL)
    )
    assert [type(event) for event in found] == [StageFailed, DriverRead]
    assert isinstance(found[0], StageFailed)
    assert f"feelings were read from the words of {role}" in found[0].message


@pytest.mark.parametrize("told", feelings_of("agent-1"), ids=lambda event: type(event).__name__)
def test_nor_may_one_tell_an_agents_while_it_is_shown_a_customers(told: Event) -> None:
    found = Analyzer([Lying(Role.CUSTOMER, told)]).analyze(
        observed(Role.CUSTOMER), CallState(call_id=CALL)
    )
    assert [type(event) for event in found] == [StageFailed]
    assert isinstance(found[0], StageFailed)
    assert "feelings were read of agent-1, which was not shown" in found[0].message


# The state


@st.composite
def talks(draw: st.DrawFn) -> list[Recorded]:
    """All join, speak, and are told to feel, in any order at all; a stranger never joins."""
    told: list[Event] = []
    for role in Role:
        person = Participant(participant_id=ParticipantId(role), role=role, channel=0)
        told.append(ParticipantJoined(participant=person))
    for name in (*Role, "stranger"):
        for utterance_id in (f"{name}-1", f"{name}-2"):
            told += [final(utterance_id), *feelings_of(utterance_id)]
    return [
        Recorded(call_id=CALL, seq=seq, recorded_ms=0, audio_ms=seq, event=event)
        for seq, event in enumerate(draw(st.permutations(told)), start=1)
    ]


@given(talks())
def test_whatever_the_log_holds_only_customers_have_feelings_in_a_state(
    log: list[Recorded],
) -> None:
    state = fold(log, CallState(call_id=CALL))
    assert len(state.utterances) == 2 * (len(Role) + 1)
    for utterance in state.utterances:
        if utterance.final.participant_id != ParticipantId("customer"):
            assert (utterance.sentiment, utterance.emotion) == (None, None)


def test_a_customers_feelings_are_kept() -> None:
    person = Participant(participant_id=ParticipantId("customer"), role=Role.CUSTOMER, channel=0)
    told = [ParticipantJoined(participant=person), final("customer-1"), *feelings_of("customer-1")]
    log = [
        Recorded(call_id=CALL, seq=seq, recorded_ms=0, audio_ms=seq, event=event)
        for seq, event in enumerate(told, start=1)
    ]
    (utterance,) = fold(log, CallState(call_id=CALL)).utterances
    assert utterance.sentiment is not None
    assert utterance.emotion is not None


# The settings


def test_no_setting_and_no_option_is_about_feelings() -> None:
    about = re.compile("emotion|sentiment|feeling|mood|affect|voice|tone")
    names = [*setting_names(Settings), *(f.name for f in msgspec.structs.fields(DesktopSettings))]
    # Of the customer: how well they must be again before a second alert.
    assert [name for name in names if about.search(name)] == ["alerts.upset.recovered_mood"]
    options = [f"{name} {option}" for name, option in options_of("serve", "replay", "understand")]
    assert options
    assert not [option for option in options if about.search(option)]


def options_of(*commands: str) -> Iterator[tuple[str, str]]:
    group = getattr(get_command(engine_commands), "commands")  # noqa: B009 -- typer's own type
    assert {f"attune-engine {name}" for name in commands} <= set(
        command_names(engine_commands, "attune-engine")
    )
    for name in commands:
        yield from ((name, param.name) for param in group[name].params)


def test_no_variable_of_the_environment_reaches_what_reads_feelings() -> None:
    for module in (*FEELING_MODULES, *GUARDS):
        tree = product()[f"{module.replace('.', '/')}.py"]
        read = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        assert not read & {"environ", "getenv"}, module
        assert not {name for name in imported(tree) if name.startswith("assist_engine.settings.S")}


# The voice


def test_what_reads_feelings_never_sees_audio() -> None:
    for module in FEELING_MODULES:
        heard = [one for one in closure(module) if one.startswith(SOUND)]
        assert not heard, f"{module} imports {heard}"


SOUND = ("assist_engine.audio", "assist_engine.speech", "vosk", "soxr", "soundcard", "wave")


@cache
def product() -> dict[str, ast.Module]:
    paths = [p for name in ("assist_engine", "knowledge_base") for p in (ROOT / name).rglob("*.py")]
    return {
        str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8")) for path in paths
    }


def imported(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def closure(module: str) -> set[str]:
    """All that a module imports, and what that imports, as far as it is ours."""
    seen: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        tree = product().get(f"{name.replace('.', '/')}.py")
        waiting += imported(tree) if tree is not None else []
    return seen


def test_the_walk_through_imports_finds_what_is_there() -> None:
    assert set(closure("assist_engine.session.hearing")) > {
        "assist_engine.audio.frame_clock",
        "assist_engine.speech.engine",
    }
