"""What the customer wants: the organisation's own intents, several at once, or none when unsure."""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec
import yaml

from assist_engine.call.plain_talk import content_words, substance
from assist_engine.call.state import CallState
from assist_engine.contract.events import Event, IntentRead
from assist_engine.contract.ids import UtteranceId
from assist_engine.contract.values import Evidence, Role
from assist_engine.errors import BadInput
from assist_engine.understanding.clauses import clauses_of
from assist_engine.understanding.intent_fitting import OnStep, fit_reader
from assist_engine.understanding.intent_reader import Intent, IntentReader, LikelyIntent
from assist_engine.understanding.signal import Observation, Vector, quote

OUT_OF_SCOPE: Final = ""  # intent id of an example that asks for nothing


class IntentExample(msgspec.Struct, frozen=True, kw_only=True):
    """One way of saying an intent; `intent` is empty where it asks for nothing."""

    text: str
    intent: str
    label: str = ""
    queue: str = ""  # empty: any queue


class _Intent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: str
    label: str
    examples: list[str]
    queue: str = ""


class _IntentFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    intents: list[_Intent]
    out_of_scope: list[str] = []


def load_intents(text: str, *, source: str) -> tuple[IntentExample, ...]:
    """Read intents from YAML; raises `BadInput` naming the file and the place."""
    try:
        file = msgspec.convert(yaml.safe_load(text), _IntentFile)
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise BadInput(f"{source}: {error}") from error
    seen: set[str] = set()
    for intent in file.intents:
        if intent.id in seen:
            raise BadInput(f"{source}: the intent {intent.id} is there twice")
        if not intent.examples:
            raise BadInput(f"{source}: the intent {intent.id} has no examples")
        seen.add(intent.id)
    wanted = tuple(
        IntentExample(text=said, intent=intent.id, label=intent.label, queue=intent.queue)
        for intent in file.intents
        for said in intent.examples
    )
    nothing = tuple(IntentExample(text=said, intent=OUT_OF_SCOPE) for said in file.out_of_scope)
    return wanted + nothing


class IntentThresholds(msgspec.Struct, frozen=True, kw_only=True):
    """When an intent is sure enough to be told."""

    minimum_probability: float = 0.4
    clause_probability: float = 0.5  # of an intent that a clause asks for by itself


class IntentSignal:
    """Tells the intents of a customer's utterance: none, one, or one for each clause."""

    name = "intent"
    reads = Role.CUSTOMER

    def __init__(self, reader: IntentReader, *, thresholds: IntentThresholds | None = None) -> None:
        self._reader = reader
        self._thresholds = thresholds or IntentThresholds()

    def observe(self, observation: Observation, state: CallState) -> Sequence[Event]:
        """One `IntentRead` an intent, likeliest first; nothing where it is out of scope."""
        final = observation.final
        if observation.role is not Role.CUSTOMER or not content_words(substance(final.text)):
            return ()
        told = dict(self._in_clauses(observation, state.queue))
        if len(told) < 2:  # one matter: all words together say best what it is
            best = self._reader.read(observation.vector[None, :], state.queue)[0].best
            if best and best.probability >= self._thresholds.minimum_probability:
                told = {best.intent.id: _read(best, quote(final), final.utterance_id)}
        return sorted(told.values(), key=lambda read: -read.probability)

    def _in_clauses(self, observation: Observation, queue: str) -> Iterator[tuple[str, IntentRead]]:
        """Intents that a clause asks for by itself; of one said twice, the later words."""
        if observation.clauses is None or not len(observation.clauses):
            return
        final = observation.final
        places = clauses_of(final.text)
        readings = self._reader.read(observation.clauses, queue)
        for (start, end), reading in zip(places, readings, strict=True):
            best = reading.best
            if best and best.probability >= self._thresholds.clause_probability:
                yield best.intent.id, _read(best, quote(final, start, end), final.utterance_id)


def _read(likely: LikelyIntent, evidence: Evidence, utterance_id: UtteranceId) -> IntentRead:
    return IntentRead(
        utterance_id=utterance_id,
        intent=likely.intent.id,
        label=likely.intent.label or likely.intent.id.replace("_", " "),
        probability=round(likely.probability, 3),
        evidence=(evidence,),
    )


def reader_of(
    examples: Sequence[IntentExample],
    vectors: Vector,
    *,
    model: str = "",
    on_step: OnStep = lambda done, of: None,
) -> IntentReader:
    """Fit a reader to examples; `vectors` (n, dimension), one row an example, L2-normalised."""
    intents: dict[str, Intent] = {}
    for example in examples:
        if example.intent and example.intent not in intents:
            intents[example.intent] = Intent(
                id=example.intent, label=example.label, queue=example.queue
            )
    names = sorted(intents)
    number = {name: at for at, name in enumerate(names)} | {OUT_OF_SCOPE: -1}
    owners = [number[example.intent] for example in examples]
    return fit_reader(
        [intents[name] for name in names], owners, vectors, model=model, on_step=on_step
    )
