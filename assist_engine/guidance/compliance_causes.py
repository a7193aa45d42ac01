"""What calls for a compliance rule on a call, since when, and whether its words can be trusted."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Final

import msgspec

from assist_engine.call.plain_talk import content_words
from assist_engine.call.state import CallState, Utterance
from assist_engine.contract.values import Evidence, Role, Word
from assist_engine.guidance.compliance import ComplianceDuty, Wording
from assist_engine.guidance.compliance_words import confidence_of

CLEAR: Final = 0.6  # confidence of words from which a breach may be read
_MINIMUM_PROBABILITY: Final = 0.5  # of an intent or a driver that calls for something
_FEWEST_WORDS: Final = 3  # of a customer's first matter, and of badly heard words that may hold one
_HALF_HEARD: Final = 2  # words of a rule that make another one beside them worth a doubt


class Called(msgspec.Struct, frozen=True, kw_only=True):
    """When a rule began to hold on a call, and by which words."""

    at_ms: int
    evidence: tuple[Evidence, ...] = ()


def calls_for(state: CallState) -> dict[tuple[str, str], Called]:
    """When each intent and each driver was first said by a customer."""
    first: dict[tuple[str, str], Called] = {}
    for utterance in state.utterances:
        if utterance.role is not Role.CUSTOMER:
            continue
        at_ms = utterance.final.end_ms
        for name, evidence in _heard(utterance):
            if name not in first or at_ms < first[name].at_ms:
                first[name] = Called(at_ms=at_ms, evidence=evidence or (quote_of(utterance),))
    return first


def _heard(utterance: Utterance) -> Iterator[tuple[tuple[str, str], tuple[Evidence, ...]]]:
    """The likely intents and drivers of an utterance with their evidence."""
    for wish in utterance.intents:
        if wish.probability >= _MINIMUM_PROBABILITY:
            yield ("intent", wish.intent), wish.evidence
    for driver in utterance.drivers:
        if driver.probability >= _MINIMUM_PROBABILITY:
            yield ("driver", driver.driver), driver.evidence


def called_by(duty: ComplianceDuty, calls: Mapping[tuple[str, str], Called]) -> Called | None:
    """What called for a rule first, or None."""
    if duty.cause.is_call:
        return Called(at_ms=0)
    names = [("intent", name) for name in duty.cause.intents]
    names += [("driver", name) for name in duty.cause.any_driver]
    return min((calls[n] for n in names if n in calls), key=lambda c: c.at_ms, default=None)


def agents_between(state: CallState, since_ms: int, until_ms: int) -> list[Utterance]:
    """What agents said that ended in that time, in the order of hearing."""
    return [
        utterance
        for utterance in state.utterances
        if utterance.role is Role.AGENT and since_ms <= utterance.final.end_ms <= until_ms
    ]


def unclear(
    state: CallState,
    required: Wording | None,
    since_ms: int,
    until_ms: int,
    *,
    badly_since_ms: int = 0,
) -> Utterance | None:
    """Words of the agent in that time that may have held what is required, recognised too badly.

    Badly as a whole, where they ended since `badly_since_ms`, or in a word where others are those
    of the rule: "this walls is recorded".
    """
    for utterance in state.utterances:
        final, words = utterance.final, utterance.final.words
        if utterance.role is not Role.AGENT or not since_ms <= final.start_ms <= until_ms:
            continue
        if len(words) < _FEWEST_WORDS:
            continue
        is_bad = final.end_ms >= badly_since_ms and confidence_of(words) < CLEAR
        if is_bad or (required and _is_half_heard(required, words)):
            return utterance
    return None


def _is_half_heard(required: Wording, words: Sequence[Word]) -> bool:
    """Whether some words are the rule's own, and another one beside them may be."""
    if min(word.confidence for word in words) >= CLEAR:
        return False
    return len(_words_of(required).intersection(word.text for word in words)) >= _HALF_HEARD


@cache
def _words_of(wording: Wording) -> frozenset[str]:
    """What its phrases and examples name."""
    return frozenset(content_words(" ".join((*wording.phrases, *wording.says))))


def waits_since_ms(state: CallState, duty: ComplianceDuty, called: Called) -> int | None:
    """From when on a reminder's time counts; None: nothing asks for it yet.

    What must come before something else is of use when the customer has said what they want.
    """
    if duty.within_ms is not None or not duty.cause.is_call:
        return called.at_ms
    wishes = (
        utterance.final.end_ms
        for utterance in state.utterances
        if utterance.role is Role.CUSTOMER and len(utterance.final.text.split()) >= _FEWEST_WORDS
    )
    return next(wishes, None)


def late_ms_of(duty: ComplianceDuty, called: Called) -> int | None:
    """When it is too late to say it, ms from the start of the call; None: before the call ends."""
    return None if duty.within_ms is None else called.at_ms + duty.within_ms


def quote_of(utterance: Utterance, told: str = "") -> Evidence:
    """An utterance as evidence, with a word before it."""
    final = utterance.final
    return Evidence(
        quote=f"{told}{final.text}", utterance_id=final.utterance_id, start_ms=final.start_ms
    )
