"""Proposes the playbook whose conditions the call and the customer meet.

A driver counts as soon as its words are stable. An intent waits for the finished utterance: an
action for half a sentence would be a guess.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from assist_engine.call.driver_kinds import answers_to
from assist_engine.call.selectors import customer_utterances
from assist_engine.call.state import CallState
from assist_engine.contract.events import DriverRead
from assist_engine.contract.ids import SuggestionId
from assist_engine.contract.knowledge_answers import FoundPassage
from assist_engine.contract.values import Evidence, Suggestion, SuggestionKind
from assist_engine.guidance.need import ArticleQuery, LiveSpeech
from assist_engine.guidance.playbook import FIELD, Fact, Playbook, When
from assist_engine.guidance.rule import URGENT, Proposal

# What was said longer ago than this is no reason any more.
_INTENT_CURRENT_MS: Final = 30_000
_DRIVER_CURRENT_MS: Final = 60_000
_DRIVER_PROBABILITY: Final = 0.9  # words that were said; recognition may have misheard them


class _Trigger:
    """Something heard that a playbook asks for; a driver makes it urgent."""

    def __init__(
        self, *, end_ms: int, probability: float, evidence: Sequence[Evidence], is_urgent: bool
    ) -> None:
        self.end_ms, self.probability = end_ms, probability
        self.evidence, self.is_urgent = evidence, is_urgent


class NextActionRule:
    """Playbooks that fit, each with what was heard and known as evidence."""

    name = "next action"

    def __init__(self, playbooks: Sequence[Playbook]) -> None:
        self._playbooks = tuple(playbooks)

    def wants(self, state: CallState, live: LiveSpeech | None) -> Sequence[ArticleQuery]:
        """Playbooks need no knowledge base."""
        return ()

    def propose(
        self,
        state: CallState,
        live: LiveSpeech | None,
        found: Mapping[ArticleQuery, Sequence[FoundPassage]],
    ) -> Sequence[Proposal]:
        """A proposal for each playbook whose conditions hold; of live words, for their drivers."""
        if live is not None and not live.drivers:
            return ()
        proposals = (_propose(playbook, state, live) for playbook in self._playbooks)
        return [proposal for proposal in proposals if proposal is not None]


def _propose(playbook: Playbook, state: CallState, live: LiveSpeech | None) -> Proposal | None:
    when, facts = playbook.when, state.customer.facts if state.customer else {}
    if when.queue and when.queue != state.queue:
        return None
    if not all(condition.holds(facts) for condition in when.facts):
        return None
    if any(name not in facts for name in playbook.body_facts):
        return None
    heard = list(_live_triggers(when, live) if live else _triggers(when, state))
    if not heard:
        return None
    told = (condition.fact for condition in when.facts)
    known = [Evidence(quote=_tell(fact, facts[fact])) for fact in told if fact in facts]
    newest = heard[-1]
    return Proposal(
        suggestion=_suggestion(
            playbook,
            facts,
            probability=max(trigger.probability for trigger in heard),
            evidence=(*newest.evidence, *known),
        ),
        asked_ms=newest.end_ms,
        rule=NextActionRule.name,
        priority=playbook.priority + (URGENT if any(t.is_urgent for t in heard) else 0),
    )


def _triggers(when: When, state: CallState) -> Iterator[_Trigger]:
    """What the customer wants or threatens that the playbook names, oldest first."""
    for utterance in customer_utterances(state):
        end_ms = utterance.final.end_ms
        age_ms = state.audio_ms - end_ms
        if age_ms <= _DRIVER_CURRENT_MS:
            yield from _of_drivers(when, utterance.drivers, end_ms=end_ms)
        for intent in utterance.intents:
            if intent.intent in when.intents and age_ms <= _INTENT_CURRENT_MS:
                yield _Trigger(
                    end_ms=end_ms,
                    probability=intent.probability,
                    evidence=intent.evidence,
                    is_urgent=False,
                )


def _live_triggers(when: When, live: LiveSpeech) -> Iterator[_Trigger]:
    """Drivers in the words being said that the playbook names."""
    return _of_drivers(when, live.drivers, end_ms=live.heard_ms)


def _of_drivers(when: When, drivers: Sequence[DriverRead], *, end_ms: int) -> Iterator[_Trigger]:
    for driver in drivers:
        if answers_to(driver.driver, when.any_driver):
            yield _Trigger(
                end_ms=end_ms,
                probability=_DRIVER_PROBABILITY,
                evidence=driver.evidence,
                is_urgent=True,
            )


def _suggestion(
    playbook: Playbook,
    facts: Mapping[str, Fact],
    *,
    probability: float,
    evidence: tuple[Evidence, ...],
) -> Suggestion:
    topic = f"action-{playbook.playbook_id}"
    return Suggestion(
        suggestion_id=SuggestionId(topic),
        kind=SuggestionKind.NEXT_ACTION,
        topic=topic,
        title=playbook.title,
        body=FIELD.sub(lambda field: str(facts[field[1]]), playbook.body),
        probability=probability,
        evidence=evidence,
        playbook_id=playbook.playbook_id,
        primary_label=playbook.primary_label,
        alternative_label=playbook.alternative_label,
        checklist=playbook.checklist,
    )


def _tell(fact: str, value: Fact) -> str:
    """A fact as people say it: `years_with_us` 6 is "years with us: 6"."""
    said = "yes" if value is True else "no" if value is False else value
    return f"{fact.replace('_', ' ').removeprefix('is ')}: {said}"
