"""What the customer wants: the organisation's own intents, several at once, or none when unsure."""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from assist_engine.call.plain_talk import content_words, substance
from assist_engine.call.state import CallState
from assist_engine.contract.events import Event, IntentRead
from assist_engine.contract.ids import UtteranceId
from assist_engine.contract.values import Evidence, Role
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


class IntentThresholds(msgspec.Struct, frozen=True, kw_only=True):
    """When an intent is sure enough to be told."""

    minimum_probability: float = 0.4
    clause_probability: float = 0.5  # of an intent that a clause asks for by itself


class IntentSignal:
    """Tells the intents of a customer's utterance: none, one, or one for each clause."""

    name = "intent"
    reads = Role.CUSTOMER

    def __init__(
        self, reader: IntentReader | None, *, thresholds: IntentThresholds | None = None
    ) -> None:
        """Without a reader nothing is told."""
        self._reader = reader
        self._thresholds = thresholds or IntentThresholds()

    def use(self, reader: IntentReader | None) -> None:
        """Read with another reader from the next utterance on."""
        self._reader = reader

    def observe(self, observation: Observation, state: CallState) -> Sequence[Event]:
        """One `IntentRead` an intent, likeliest first; nothing where it is out of scope."""
        final = observation.final
        reader = self._reader
        is_customer = observation.role is Role.CUSTOMER
        if reader is None or not is_customer or not content_words(substance(final.text)):
            return ()
        told = dict(self._in_clauses(reader, observation, state.queue))
        if len(told) < 2:  # one matter: all words together, or the clause that says it clearer
            best = reader.read(observation.vector[None, :], state.queue)[0].best
            likeliest = max((read.probability for read in told.values()), default=0.0)
            enough = max(self._thresholds.minimum_probability, likeliest)
            if best and best.probability >= enough:
                told = {best.intent.id: _read(best, quote(final), final.utterance_id)}
        return sorted(told.values(), key=lambda read: -read.probability)

    def _in_clauses(
        self, reader: IntentReader, observation: Observation, queue: str
    ) -> Iterator[tuple[str, IntentRead]]:
        """Intents that a clause asks for by itself; of one said twice, the later words."""
        if observation.clauses is None or not len(observation.clauses):
            return
        final = observation.final
        places = clauses_of(final.text)
        readings = reader.read(observation.clauses, queue)
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
