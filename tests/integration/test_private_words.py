"""No private word is written, told to a supervisor or kept: one call with everything planted."""

import logging
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import get_args

import pytest

from assist_engine.call.state import CallState, Phase
from assist_engine.contract import answers, commands, events
from assist_engine.contract.answers import FinalHeard, PartialHeard
from assist_engine.contract.events import Event
from assist_engine.contract.knowledge_requests import SearchKnowledge
from assist_engine.contract.values import (
    EntityType,
    Evidence,
    FollowUp,
    Role,
    SummaryLine,
    WrapUp,
)
from assist_engine.contract.wire import AudioFrame, decode_from_engine
from assist_engine.session.live_calls import LiveCalls
from assist_engine.session.private_words import Told
from assist_engine.speech.engine import Heard
from assist_engine.speech.scripted_engine import ScriptedEngine, ScriptedListener
from assist_engine.understanding.signal import Observation
from knowledge_base.gaps import GapBook
from knowledge_base.usage import UsageBook
from tests.integration.planted import DIGITS, WORDS, digit_runs, leaks, written
from tests.integration.private_house import (
    CALL,
    CLOCK_MS,
    KIM,
    LEAD,
    House,
    Parts,
    Tape,
    opening,
    play,
    until,
)

pytestmark = [pytest.mark.integration, pytest.mark.timeout(170)]

C, A = Role.CUSTOMER, Role.AGENT
TALK = (
    (A, "thank you for calling harbor bank how can i help you"),
    (C, "i think i lost my credit card and i am really worried"),
    (A, "i am sorry to hear that can i have your card number please"),
    (C, "yes it is four nine two nine eight three oh one"),
    (A, "four nine two nine eight three oh one okay"),
    (C, "five five one eight double seven two four"),
    (A, "thank you and what is your social security number"),
    (C, "it is five two nine eighty four six one three seven"),
    (A, "what is the best phone number to reach you"),
    (C, "five oh three two two four seventy seven thirty one"),
    (A, "let me repeat five oh three two two four double seven three one"),
    (C, "and my email is marmotfern at lanternmail dot net"),
    (A, "can you tell me your address please"),
    (C, "i live at forty four seventeen marigold lane"),
    (A, "and what is your account number"),
    (C, "double eight three four one two oh seven"),
    (A, "i also need your password please"),
    (C, "my password is bluefinch"),
    (A, "and what were the last four digits of the old card"),
    (C, "nine three one seven"),
    (C, "can you feed my two parrots while i am away from my house in spain"),
    (A, "i will send the new card by friday"),
)
TYPED = (
    "card 4929-8301-5518-7724, ssn 529-84-6137, call 503-224-7731 or +1 (503) 224-9912, "
    "marmotfern@lanternmail.net, 4417 Marigold Lane, account 88341207, password bluefinch, "
    "old card ending in 9317, also t.quill@oldharbour.example"
)
RECORD = """customer_id: q-1
name: Tobias Quill
organisation: Harbor Bank
phones: ["+15032249912"]
email: t.quill@oldharbour.example
flags: [travelling]
facts:
  account_number: "88341207"
  card_ending: "9317"
timeline:
  - ago: 2 d
    contact_channel: email
    title: Wrote from t.quill@oldharbour.example
    detail: Call back on 503-224-7731, account 88341207
    is_open: true
    reference: the card ending 9317
handoff:
  source: phone menu
  lines: ["Said that the account number is 88341207"]
"""


class Quoting:
    """A plug-in whose error quotes the words that it was given."""

    name = "quoting"
    reads = C

    def observe(self, observation: Observation, state: CallState) -> Sequence[Event]:
        raise ValueError(f"cannot read {observation.final.text!r} of {observation.final.words}")


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    parts = Parts.load(tmp_path_factory.mktemp("base") / "knowledge")
    yield parts
    parts.close()


@pytest.fixture
def customers(tmp_path: Path) -> Path:
    folder = tmp_path / "customers of the organisation"
    folder.mkdir()
    (folder / "quill.yaml").write_text(RECORD, encoding="utf-8")
    return folder


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder; temporary files of the test's parts lie in it too."""
    folder = tmp_path / "data"
    (folder / "tmp").mkdir(parents=True)
    monkeypatch.setattr(tempfile, "tempdir", str(folder / "tmp"))
    return folder


def house(data: Path, parts: Parts, customers: Path, talk: Sequence[tuple[Role, str]]) -> House:
    return House(data, parts, talk, customers)


def of(tape: Tape, kind: type) -> list[object]:
    return [item for data in tape.sent if isinstance(item := decode_from_engine(data), kind)]


async def test_nothing_private_is_written_or_told_to_a_supervisor(
    data: Path, parts: Parts, customers: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wall, own = Tape(), Tape()
    here = House(data, parts, TALK, customers, extra_signals=[Quoting()])
    async with here.open() as calls:
        await calls.watch_all(wall, {})
        session, _ = await calls.open(opening(), KIM)
        await session.catch_up(own, 0, is_own=True)
        await play(session, turns=range(len(TALK)))
        await type_everything(calls)
        found = await here.library().answer(1, SearchKnowledge(query=f"what of {TYPED}"), KIM)
        assert isinstance(found, answers.Answer)
        await session.command(commands.ReleaseCall(call_id=CALL), KIM)
        await until(lambda: calls.count == 0)
        await wrap_up(calls)
        await until(lambda: bool(UsageBook(parts.finder.base.folder).learned(0)))
        await until(lambda: bool(GapBook(parts.finder.base.folder).listing(now_ms=CLOCK_MS)))

    assert leaks([own.text]) == {*DIGITS, *WORDS}, "the call's own agent is told all of it"
    assert not leaks([wall.text])
    said = [item for item in of(wall, PartialHeard) if isinstance(item, PartialHeard)]
    assert len(said) > 100
    for one in said:  # of digits, word by word, nothing but what belongs to no secret
        text = f"{one.stable} {one.tail}"
        for told in ("my two", "the last four"):
            text = text.replace(told, "")
        assert not list(digit_runs(text)), one
    files = [*written(data), *written(parts.finder.base.folder)]
    assert {path.name for path, _ in files} >= {"calls.db", "knowledge.db"}
    for path, text in files:
        assert not leaks([text]), path
    assert not leaks([caplog.text])
    assert [f.stage for f in session.state.failures if f.stage != "signal quoting"] == []
    assert {f.stage for f in session.state.failures} == {"signal quoting"}


async def type_everything(calls: LiveCalls) -> None:
    """What agent and supervisor type on the call, with all secrets in it."""
    session = await calls.session(CALL)
    await until(lambda: bool(session.state.cards))
    card = session.state.cards[0].suggestion.suggestion_id
    await session.command(commands.TakeNote(call_id=CALL, text=TYPED), KIM)
    await session.command(commands.SendWhisper(call_id=CALL, text=TYPED), LEAD)
    dismiss = commands.DismissSuggestion(call_id=CALL, suggestion_id=card, reason=TYPED)
    await session.command(dismiss, KIM)


async def wrap_up(calls: LiveCalls) -> None:
    over = await calls.session(CALL)
    assert over.state.wrap_up_draft is not None
    quoted = Evidence(quote=TYPED)
    completed = WrapUp(
        lines=(SummaryLine(section="done", text=TYPED, evidence=quoted),),
        disposition=f"Card lost or stolen {TYPED}",
        outcome=TYPED,
        follow_ups=(FollowUp(text=TYPED, due=f"by friday {TYPED}", evidence=quoted),),
        note=TYPED,
    )
    await over.command(commands.CompleteWrapUp(call_id=CALL, wrap_up=completed), KIM)
    assert over.state.phase is Phase.COMPLETED


class QuotingEngine(ScriptedEngine):
    """Breaks with what it last heard in its error."""

    def listen(self, *, source_rate_hz: int, start_ms: int) -> ScriptedListener:
        listener = super().listen(source_rate_hz=source_rate_hz, start_ms=start_ms)

        def hear(pcm: bytes) -> Sequence[Heard]:
            raise ValueError(f"no such word: {TYPED}")

        listener.hear = hear  # type: ignore[method-assign]
        return listener


@pytest.mark.logs("is deaf: ValueError at test_private_words.py")
async def test_an_error_that_quotes_what_was_heard_is_told_without_its_words(
    data: Path, parts: Parts, customers: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    own = Tape()
    here = House(data, parts, (), customers, engine=QuotingEngine())
    async with here.open() as calls:
        session, _ = await calls.open(opening(""), KIM)
        await session.catch_up(own, 0, is_own=True)
        frame = AudioFrame(channel=0, sequence=0, start_sample=0, pcm=bytes(1600))
        await session.hear(frame)
        await until(lambda: bool(session.state.failures))
        (failure,) = session.state.failures
    assert failure.message.startswith("ValueError at test_private_words.py:")
    assert not leaks([own.text])
    assert not leaks([caplog.text])
    assert not leaks(text for _, text in written(data))


async def test_a_supervisor_reads_all_but_what_is_private(
    data: Path, parts: Parts, customers: Path
) -> None:
    talk = TALK[:4]
    wall, own = Tape(), Tape()
    async with house(data, parts, customers, talk).open() as calls:
        await calls.watch_all(wall, {})
        session, _ = await calls.open(opening(), KIM)
        await session.catch_up(own, 0, is_own=True)
        await play(session, turns=range(len(talk)))
        words = [utterance.final.text for utterance in session.state.utterances]
    assert words[:3] == [text for _, text in talk[:3]]
    assert words[3] == "yes it is [CARD]"
    partials = [item for item in of(wall, PartialHeard) if isinstance(item, PartialHeard)]
    assert "i think i lost my credit card and i am really" in {item.stable for item in partials}
    assert not set(get_args(Told)) & {type(decode_from_engine(data)) for data in wall.sent}
    (heard,) = of(own, FinalHeard)
    assert isinstance(heard, FinalHeard)
    assert heard.text == talk[3][1]


async def test_who_comes_back_is_told_again_and_after_the_end_nobody_is(
    data: Path, parts: Parts, customers: Path
) -> None:
    again, late, other = Tape(), Tape(), Tape()
    talk = TALK[:10]
    async with house(data, parts, customers, talk).open() as calls:
        session, _ = await calls.open(opening(), KIM)
        await play(session, turns=range(len(talk)))
        calls.detach(CALL)
        back, _ = await calls.open(opening(), KIM)
        await back.catch_up(again, 0, is_own=True)
        await back.catch_up(other, 0)
        assert leaks([again.text]) >= {"card", "national id", "phone", "caller", "record's email"}
        assert not leaks([other.text])
        told = [type(decode_from_engine(data)) for data in again.sent]
        assert told.index(FinalHeard) < told.index(events.Recorded), "words come before their final"
        await session.command(commands.ReleaseCall(call_id=CALL), KIM)
        await until(lambda: calls.count == 0)
        await back.catch_up(late, 0, is_own=True)
    assert not leaks([late.text])
    assert not set(get_args(Told)) & {type(decode_from_engine(data)) for data in late.sent}


async def test_an_engine_started_again_knows_what_was_asked_and_begun(
    data: Path, parts: Parts, customers: Path
) -> None:
    """A card number, the second bit of which is said to the next engine."""
    begun = (*TALK[2:4], (A, "mhm"))
    async with house(data, parts, customers, begun).open() as calls:
        session, _ = await calls.open(opening(), KIM)
        await play(session, turns=range(len(begun)))
    rest = (*begun, (C, "five five one eight"), (C, "seven seven two four"), (A, "thank you"))
    wall, own = Tape(), Tape()
    async with house(data, parts, customers, rest).open() as calls:
        assert calls.count == 1
        await calls.watch_all(wall, {})
        session, _ = await calls.open(opening(), KIM)
        await session.catch_up(own, 0, is_own=True)
        await play(session, turns=range(len(begun), len(rest)))
        words = [utterance.final.text for utterance in session.state.utterances]
        kinds = [entity.type for entity in session.state.entities]
    assert words == [begun[0][1], "yes it is [CARD]", "mhm", "[CARD]", "[CARD]", "thank you"]
    assert set(kinds) == {EntityType.CARD}
    assert not leaks([wall.text])
    assert not leaks(text for _, text in written(data))
    assert leaks([own.text]) >= {"caller", "record's email"}, "the agent is told again who calls"
    heard = [item.text for item in of(own, FinalHeard) if isinstance(item, FinalHeard)]
    assert heard == ["five five one eight", "seven seven two four"]


async def test_names_can_be_masked_and_last_digits_be_kept(
    data: Path, parts: Parts, customers: Path
) -> None:
    talk = (
        (C, "hello my name is tobias quill"),
        (A, "hello tobias what is your card number"),
        (C, "four nine two nine eight three oh one five five one eight double seven two four"),
        (A, "thank you mister quill"),
    )
    policies = {"person": "mask", "card": "last4"}
    wall, own = Tape(), Tape()
    here = House(data, parts, talk, customers, policies=policies)
    async with here.open() as calls:
        await calls.watch_all(wall, {})
        session, _ = await calls.open(opening(), KIM)
        await session.catch_up(own, 0, is_own=True)
        await play(session, turns=range(3))
    async with here.open() as calls:  # started again: the name is told by the record's number
        session, _ = await calls.open(opening(), KIM)
        await session.catch_up(own, 0, is_own=True)
        await play(session, turns=range(3, 4))
        words = [utterance.final.text for utterance in session.state.utterances]
        assert session.state.customer is not None
        assert session.state.customer.name == "[PERSON]"
        await session.command(commands.ReleaseCall(call_id=CALL), KIM)
    async with here.open() as calls:  # a survey comes days later, and its words are masked too
        over = await calls.session(CALL)
        said = commands.GiveSatisfaction(call_id=CALL, score=5, comment="tobias quill is happy")
        first = await over.command(said, LEAD)
        assert await over.command(said, LEAD) == first
        assert over.state.satisfaction is not None
        assert over.state.satisfaction.comment == "[PERSON] is happy"
    assert words[2] == "[CARD:7724]"
    told = [text.lower() for text in (wall.text, *(text for _, text in written(data)))]
    for text in told:
        assert "tobias" not in text
        assert "quill" not in text
        assert not leaks([text])
    assert own.text.lower().count("tobias quill") >= 2


def test_the_search_finds_what_is_planted(tmp_path: Path) -> None:
    said = " ".join(text for _, text in TALK)
    assert leaks([said]) == {*DIGITS, *WORDS} - {"caller", "record's email"}
    assert leaks([TYPED]) == {*DIGITS, *WORDS}
    assert leaks([" ".join(TYPED.upper())]) >= {*WORDS}
    (tmp_path / "a.log").write_text(TYPED, encoding="utf-8")
    assert leaks(text for _, text in written(tmp_path)) == {*DIGITS, *WORDS}
