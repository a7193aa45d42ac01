"""Finds on a call what a playbook waits for: intents, drivers, emotions, effort, mood, stage."""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from assist_engine.call.driver_kinds import answers_to
from assist_engine.call.selectors import customer_utterances, turning_points
from assist_engine.call.state import CallState, CardStatus, Utterance
from assist_engine.contract.events import DriverRead
from assist_engine.contract.values import Evidence, Role
from assist_engine.guidance.need import LiveSpeech
from assist_engine.guidance.playbook import Stage, When

# What was said longer ago than this is no reason any more.
_INTENT_CURRENT_MS: Final = 30_000
_SIGNAL_CURRENT_MS: Final = 60_000  # drivers, emotions, a mood that falls
_DRIVER_PROBABILITY: Final = 0.9  # words that were said; recognition may have misheard them
_FELT: Final = 0.5  # how probable an emotion must be
_IDENTITY: Final = "identity-check"  # the behaviour


class Trigger(msgspec.Struct, frozen=True, kw_only=True):
    """Something heard that a playbook waits for. `context`: what learning counts it under."""

    end_ms: int
    probability: float
    evidence: tuple[Evidence, ...]
    context: str
    label: str  # the context as people say it
    is_urgent: bool = False


def triggers(when: When, state: CallState, live: LiveSpeech | None) -> tuple[Trigger, ...]:
    """What is heard that the playbook waits for, oldest first; nothing unless all of `when` holds.

    Queue and facts are not looked at. Of live words only the drivers count.
    """
    began_ms = _stage_began_ms(when.stage, state)
    if began_ms is None or not _goes_on(when, state):
        return ()
    if live is not None:
        return tuple(_of_drivers(when, live.drivers, end_ms=live.heard_ms))
    if when.names_words:
        return tuple(_in_words(when, state, began_ms))
    return tuple(_by_itself(when, state))


def _stage_began_ms(stage: Stage, state: CallState) -> int | None:
    """When the stage began, ms of audio; None: it is not there yet, or over."""
    if stage.until_ms is not None and state.audio_ms > stage.until_ms:
        return None
    if state.audio_ms < stage.after_ms:
        return None
    if not stage.needs_identity:
        return stage.after_ms
    checks = (
        u.final.end_ms
        for u in state.utterances
        if u.role is Role.AGENT and any(read.behaviour == _IDENTITY for read in u.behaviours)
    )
    return next(checks, None)


def _goes_on(when: When, state: CallState) -> bool:
    """Whether effort, mood and what was used before are as the playbook wants."""
    if when.min_effort and (state.effort is None or state.effort.effort < when.min_effort):
        return False
    if when.is_mood_falling and _fall(state) is None:
        return False
    used = {c.suggestion.playbook_id for c in state.cards if c.status is CardStatus.USED}
    return not when.follows or bool(when.follows & used)


def _in_words(when: When, state: CallState, began_ms: int) -> Iterator[Trigger]:
    """What the customer wants, threatens or feels that the playbook names.

    Words from before its stage wait for it: their time counts from when the stage began.
    """
    for utterance in customer_utterances(state):
        end_ms = utterance.final.end_ms
        age_ms = state.audio_ms - max(end_ms, began_ms)
        if age_ms <= _SIGNAL_CURRENT_MS:
            yield from _of_drivers(when, utterance.drivers, end_ms=end_ms)
            yield from _of_emotions(when, utterance)
        for intent in utterance.intents if age_ms <= _INTENT_CURRENT_MS else ():
            if intent.intent in when.intents:
                yield Trigger(
                    end_ms=end_ms,
                    probability=intent.probability,
                    evidence=intent.evidence,
                    context=intent.intent,
                    label=intent.label,
                )


def _of_drivers(when: When, drivers: Sequence[DriverRead], *, end_ms: int) -> Iterator[Trigger]:
    for driver in drivers:
        if answers_to(driver.driver, when.any_driver):
            yield Trigger(
                end_ms=end_ms,
                probability=_DRIVER_PROBABILITY,
                evidence=driver.evidence,
                context=driver.driver,
                label=driver.label,
                is_urgent=True,
            )


def _of_emotions(when: When, utterance: Utterance) -> Iterator[Trigger]:
    read = utterance.emotion
    for felt in read.emotions if read else ():
        if felt.emotion in when.any_emotion and felt.probability >= _FELT and read:
            yield Trigger(
                end_ms=utterance.final.end_ms,
                probability=felt.probability,
                evidence=read.evidence or (_quote(utterance),),
                context=felt.emotion.value,
                label=felt.emotion.value,
            )


def _by_itself(when: When, state: CallState) -> Iterator[Trigger]:
    """Of a playbook that waits for no words: the moment that made its conditions hold."""
    if when.min_effort and state.effort is not None:
        said = state.utterance(state.effort.utterance_id)
        if said is not None and state.audio_ms - said.final.end_ms <= _SIGNAL_CURRENT_MS:
            evidence = state.effort.evidence[-1:] or (_quote(said),)
            yield _plain(said.final.end_ms, evidence, "effort", "an effortful call")
    elif when.is_mood_falling and (fall := _fall(state)):
        yield _plain(fall[0], (fall[1],), "mood-falling", "a falling mood")
    elif when.follows:
        for card in state.cards:
            is_used = card.status is CardStatus.USED
            if is_used and card.suggestion.playbook_id in when.follows:
                before, label = card.suggestion, card.suggestion.title
                yield _plain(card.asked_ms, before.evidence[:1], str(before.playbook_id), label)


def _plain(end_ms: int, evidence: tuple[Evidence, ...], context: str, label: str) -> Trigger:
    return Trigger(
        end_ms=end_ms,
        probability=_DRIVER_PROBABILITY,
        evidence=evidence,
        context=context,
        label=label,
    )


def _fall(state: CallState) -> tuple[int, Evidence] | None:
    """When and by which words the mood fell, where that was its last turn and is not long ago."""
    last = turning_points(state)[-1:]
    if not last or last[0].change >= 0 or state.audio_ms - last[0].at_ms > _SIGNAL_CURRENT_MS:
        return None
    return last[0].at_ms, last[0].words


def _quote(utterance: Utterance) -> Evidence:
    final = utterance.final
    return Evidence(quote=final.text, utterance_id=final.utterance_id, start_ms=final.start_ms)
