"""Proposes the playbooks whose conditions the call and the customer meet, the best one first.

A driver counts as soon as its words are stable. An intent waits for the finished utterance: an
action for half a sentence would be a guess.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from assist_engine.call.selectors import customer_facts
from assist_engine.call.state import CallState
from assist_engine.contract.ids import SuggestionId
from assist_engine.contract.knowledge_answers import FoundPassage
from assist_engine.contract.values import Evidence, Suggestion, SuggestionKind
from assist_engine.guidance.need import ArticleQuery, LiveSpeech
from assist_engine.guidance.playbook import Fact, Playbook
from assist_engine.guidance.playbook_triggers import Trigger, triggers
from assist_engine.guidance.ranking import ActionMemory, Option, Ranked, chance_of, rank, told
from assist_engine.guidance.rule import URGENT, Proposal

_MOST_PROPOSED: Final = 20  # of the best: one at a time is shown


class _Fit(msgspec.Struct, frozen=True, kw_only=True):
    """A playbook whose conditions hold, and what was heard that it waits for."""

    playbook: Playbook
    heard: tuple[Trigger, ...]

    @property
    def option(self) -> Option:
        newest = self.heard[-1]
        return Option(
            playbook_id=self.playbook.playbook_id,
            priority=self.playbook.priority,
            probability=max(trigger.probability for trigger in self.heard),
            urgency=URGENT if any(trigger.is_urgent for trigger in self.heard) else 0,
            context=newest.context,
            context_label=newest.label,
        )


class NextActionRule:
    """Playbooks that fit, each with what was heard, known and learned as evidence."""

    name = "next action"

    def __init__(
        self,
        playbooks: Sequence[Playbook],
        *,
        memory: ActionMemory | None = None,
        exploration: float = 0.0,
    ) -> None:
        """`memory`: what came of cards before. `exploration`: see `ranking.rank`."""
        self._playbooks = tuple(playbooks)
        self._memory = memory if memory is not None else ActionMemory()
        self._exploration = exploration

    def use(self, playbooks: Sequence[Playbook]) -> None:
        """Take other playbooks from the next look on."""
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
        """A proposal for the best playbooks that fit and were not on this call yet, best first.

        Of live words only the drivers count.
        """
        if live is not None and not live.drivers:
            return ()
        seen = {card.suggestion.playbook_id for card in state.cards}
        facts = customer_facts(state)
        fits = {
            playbook.playbook_id: _Fit(playbook=playbook, heard=heard)
            for playbook in self._playbooks
            if playbook.playbook_id not in seen and _is_eligible(playbook, state, facts)
            if (heard := triggers(playbook.when, state, live))
        }
        options = [fit.option for fit in fits.values()]
        ranked = rank(
            options,
            self._memory,
            exploration=self._exploration,
            chance=chance_of(state.call_id, options),
        )
        best = ranked[:_MOST_PROPOSED]
        return [self._proposal(fits[one.option.playbook_id], one, facts) for one in best]

    def _proposal(self, fit: _Fit, ranked: Ranked, facts: Mapping[str, Fact]) -> Proposal:
        newest, option = fit.heard[-1], ranked.option
        told_of = (condition.fact for condition in fit.playbook.when.facts)
        known = [Evidence(quote=_tell(fact, facts[fact])) for fact in dict.fromkeys(told_of)]
        learned = told(self._memory, option)
        return Proposal(
            suggestion=_suggestion(
                fit.playbook,
                facts,
                probability=option.probability,
                evidence=(
                    *newest.evidence,
                    *known,
                    *([Evidence(quote=learned)] if learned else []),
                ),
            ),
            asked_ms=newest.end_ms,
            rule=self.name,
            priority=ranked.priority,
            context=option.context,
            propensity=ranked.propensity,
            candidates=ranked.candidates,
        )


def _is_eligible(playbook: Playbook, state: CallState, facts: Mapping[str, Fact]) -> bool:
    """Whether queue and facts are those of the call, and all that the body names is known."""
    when = playbook.when
    return (
        when.queue in {"", state.queue}
        and all(condition.holds(facts) for condition in when.facts)
        and all(name in facts for name in playbook.body_facts)
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
        body=playbook.text_for(facts),
        probability=probability,
        evidence=evidence,
        playbook_id=playbook.playbook_id,
        primary_label=playbook.primary_label,
        alternative_label=playbook.alternative_label,
        checklist=playbook.checklist,
        actions=tuple(action.offer for action in playbook.actions),
    )


def _tell(fact: str, value: Fact) -> str:
    """A fact as people say it: `years_with_us` 6 is "years with us: 6"."""
    said = "yes" if value is True else "no" if value is False else value
    return f"{fact.replace('_', ' ').removeprefix('is ')}: {said}"
