"""Understands written lines as the engine understands calls: the same signals, batch by batch.

Lines of one call are one conversation, in order; each other line is one by itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
import numpy as np

from assist_engine.call.customer_words import CustomerWords
from assist_engine.call.feeling_names import emotions_of
from assist_engine.call.fold import apply
from assist_engine.call.state import CallState, Utterance
from assist_engine.contract.events import (
    Event,
    ParticipantJoined,
    Recorded,
    SentimentRead,
    UtteranceFinal,
)
from assist_engine.contract.ids import CallId, ParticipantId, UtteranceId
from assist_engine.contract.values import EntityType, Participant, Role, Sentiment
from assist_engine.inference.emotion_model import FeelingReader
from assist_engine.inference.encoder import EncodeTexts, Vector
from assist_engine.understanding.analyzer import Analyzer
from assist_engine.understanding.clauses import clauses_of
from assist_engine.understanding.entities import Found
from assist_engine.understanding.redaction import CallRedactor
from assist_engine.understanding.signal import Feelings, Observation

_NEUTRAL: Final = "neutral"
_ROLES: Final = {Role.CUSTOMER: 0, Role.AGENT: 1}


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody said; without a `call`, a conversation of its own."""

    id: str | int
    text: str
    participant: Role = Role.CUSTOMER
    call: str | int | None = None

    def __post_init__(self) -> None:
        if self.participant not in _ROLES:
            raise ValueError(f"participant is {' or '.join(_ROLES)}, not {self.participant}")


class ReadSentiment(msgspec.Struct, frozen=True, kw_only=True):
    """How a line reads: -1 to 1, and as a word."""

    value: float
    label: str


class ReadIntent(msgspec.Struct, frozen=True, kw_only=True):
    """What a customer wants, with the probability that this is right."""

    name: str
    probability: float


class ReadEntity(msgspec.Struct, frozen=True, kw_only=True):
    """Characters start..end of a line, and what they stand for."""

    type: EntityType
    text: str
    start: int
    end: int
    value: str


class Understood(msgspec.Struct, frozen=True, kw_only=True):
    """What a line says. Of an agent there is no sentiment, no emotion, no effort."""

    id: str | int
    sentiment: ReadSentiment | None
    emotions: dict[str, float]  # of the eight an agent can act on, and neutral
    goemotions: dict[str, float]
    goemotions_labels: tuple[str, ...]  # those that may be said
    intensity: float | None
    effort: float | None  # of the conversation so far
    intents: tuple[ReadIntent, ...]
    entities: tuple[ReadEntity, ...]
    redacted: str


@dataclass(frozen=True, kw_only=True)
class _Heard:
    line: Line
    final: UtteranceFinal  # redacted
    found: Sequence[Found]


class _Conversation:
    """The state of one call, and what redacts it."""

    def __init__(self, call: str) -> None:
        self.state = CallState(call_id=CallId(call))
        self.redactor = CallRedactor()
        self._lines = 0
        for role, channel in _ROLES.items():
            person = Participant(participant_id=ParticipantId(role), role=role, channel=channel)
            self.record(ParticipantJoined(participant=person))

    def hear(self, line: Line) -> _Heard:
        """The next line, redacted."""
        raw = UtteranceFinal(
            utterance_id=UtteranceId(f"{line.participant}-{self._lines}"),
            participant_id=ParticipantId(line.participant),
            text=line.text,
            start_ms=self._lines,
            end_ms=self._lines + 1,
        )
        self._lines += 1
        heard = self.redactor.hear(raw, line.participant)
        return _Heard(line=line, final=heard.final, found=heard.found)

    def record(self, event: Event) -> None:
        """Fold an event."""
        seq = self.state.seq + 1
        recorded = Recorded(
            call_id=self.state.call_id, seq=seq, recorded_ms=0, audio_ms=seq, event=event
        )
        self.state = apply(self.state, recorded)


class TextReader:
    """Reads lines; keeps the conversations that they belong to."""

    def __init__(self, *, embed: EncodeTexts, feelings: FeelingReader, analyzer: Analyzer) -> None:
        """`feelings` is started."""
        self._embed = embed
        self._feelings = feelings
        self._analyzer = analyzer
        self._conversations: dict[str, _Conversation] = {}

    def read(self, lines: Sequence[Line]) -> list[Understood]:
        """What each line says, in order."""
        talks = [self._conversation(line, number) for number, line in enumerate(lines)]
        heard = [talk.hear(line) for talk, line in zip(talks, lines, strict=True)]
        vectors = self._vectors(heard)
        feelings = self._felt(heard)
        return [
            self._understand(talk, one, vectors, feelings.get(number))
            for number, (talk, one) in enumerate(zip(talks, heard, strict=True))
        ]

    def _conversation(self, line: Line, number: int) -> _Conversation:
        if line.call in {None, ""}:
            return _Conversation(f"line-{number}")
        return self._conversations.setdefault(str(line.call), _Conversation(str(line.call)))

    def _vectors(self, heard: Sequence[_Heard]) -> dict[str, Vector]:
        texts = {one.final.text for one in heard}
        parts = {text[start:end] for text in tuple(texts) for start, end in clauses_of(text)}
        wanted = sorted(texts | parts)
        return dict(zip(wanted, self._embed(wanted), strict=True))

    def _felt(self, heard: Sequence[_Heard]) -> dict[int, Feelings]:
        """By number of the line; of customers only."""
        words = {
            number: CustomerWords(one.final.text, one.line.participant)
            for number, one in enumerate(heard)
            if one.line.participant is Role.CUSTOMER
        }
        read = self._feelings.read_blocking(list(words.values()))
        return {
            number: Feelings(words=said, labels=one.labels, groups=one.groups)
            for (number, said), one in zip(words.items(), read, strict=True)
        }

    def _understand(
        self,
        talk: _Conversation,
        heard: _Heard,
        vectors: dict[str, Vector],
        feelings: Feelings | None,
    ) -> Understood:
        final, text = heard.final, heard.final.text
        talk.record(final)
        spans = clauses_of(text)
        observation = Observation(
            final=final,
            role=heard.line.participant,
            vector=vectors[text],
            feelings=feelings,
            clauses=_stacked([vectors[text[start:end]] for start, end in spans]),
        )
        for event in self._analyzer.analyze(observation, talk.state):
            talk.record(event)
        utterance = talk.state.utterance(final.utterance_id)
        assert utterance is not None, "it was recorded above"
        return self._told(heard, utterance, talk.state, feelings)

    def _told(
        self, heard: _Heard, utterance: Utterance, state: CallState, feelings: Feelings | None
    ) -> Understood:
        is_customer = feelings is not None
        emotion = utterance.emotion
        return Understood(
            id=heard.line.id,
            sentiment=_sentiment(utterance.sentiment) if is_customer else None,
            emotions=_emotions(feelings) if feelings else {},
            goemotions=_rounded(feelings.labels) if feelings else {},
            goemotions_labels=self._said(feelings) if feelings else (),
            intensity=(emotion.intensity if emotion else 0.0) if is_customer else None,
            effort=(state.effort.effort if state.effort else 0.0) if is_customer else None,
            intents=tuple(
                ReadIntent(name=read.intent, probability=read.probability)
                for read in utterance.intents
            ),
            entities=tuple(_entity(one, heard.line.text) for one in heard.found),
            redacted=heard.final.text,
        )

    def _said(self, feelings: Feelings) -> tuple[str, ...]:
        heads = self._feelings.heads
        row = np.array([*feelings.labels.values(), *feelings.groups.values()], np.float32)
        said = heads.said(row[None, :])[0]
        return tuple(label for label, is_said in zip(heads.labels, said, strict=True) if is_said)


def _sentiment(read: SentimentRead | None) -> ReadSentiment:
    """How a customer's line reads; of an empty one nothing can be said."""
    if read is None:
        return ReadSentiment(value=0.0, label=Sentiment.UNCLEAR)
    return ReadSentiment(value=read.score, label=read.sentiment)


def _emotions(feelings: Feelings) -> dict[str, float]:
    named = {str(name): value for name, value in emotions_of(feelings.labels).items()}
    return _rounded({**named, _NEUTRAL: feelings.groups[_NEUTRAL]})


def _entity(found: Found, text: str) -> ReadEntity:
    return ReadEntity(
        type=found.type,
        text=text[found.start : found.end],
        start=found.start,
        end=found.end,
        value=found.value,
    )


def _rounded(probabilities: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in probabilities.items()}


def _stacked(rows: Sequence[Vector]) -> Vector | None:
    return np.stack(rows) if rows else None
