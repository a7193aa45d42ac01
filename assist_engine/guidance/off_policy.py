"""Judges a way of choosing next best actions by calls on which another one chose. Pure.

Each card that was shown counts as often as the policy would have shown it, by the probability
with which it was chosen (its propensity); so a policy can be judged before it is used.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, TypeAlias

import msgspec

from assist_engine.contract.ids import CallId, PlaybookId
from assist_engine.guidance.action_outcome import ActionOutcome
from assist_engine.guidance.ranking import ActionMemory, Option, rank

Call: TypeAlias = tuple[CallId, Sequence[ActionOutcome]]
Policy: TypeAlias = Callable[[ActionOutcome, ActionMemory], dict[str, float]]
"""With which probability each candidate of a decision would be shown, by what was known then."""

FEWEST_EFFECTIVE: Final = 30.0  # below it an estimate says nothing
FEWEST_TRIED: Final = 20  # decisions left to chance, for a way that differs from what was shown
_DIFFERS: Final = 0.01  # share of decisions from which on a way is another
_RARE: Final = 0.5  # propensity below which a decision was left to chance
_NORMAL_95: Final = 1.96


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """What a policy would have achieved, by inverse propensity.

    `support`: share of decisions whose log holds with some probability what the policy chooses;
    `differs`: share of those not left to chance in which it chooses another than was shown;
    `tried`: how many that were left to chance show what it chooses.
    """

    name: str
    decisions: int
    ips: float  # mean outcome, 0 to 1
    snips: float  # self-normalised
    low: float  # of the self-normalised one: 95 % interval
    high: float
    effective: float  # decisions that the estimate rests on
    support: float
    differs: float
    tried: int

    @property
    def is_enough(self) -> bool:
        """Whether the estimate rests on enough to say anything."""
        return not self.why_not

    @property
    def why_not(self) -> str:
        """Why the estimate says nothing; empty where it does."""
        if not self.decisions:
            return "no decision was among several"
        if self.differs > _DIFFERS and not self.tried:
            return (
                "the log supports only what it chose, and this way chooses another in "
                f"{self.differs:.0%} of the decisions"
            )
        if self.differs > _DIFFERS and self.tried < FEWEST_TRIED:
            return (
                f"it chooses another in {self.differs:.0%} of the decisions, for which only "
                f"{self.tried} were left to chance; {FEWEST_TRIED} are needed"
            )
        if self.effective < FEWEST_EFFECTIVE:
            return (
                f"it would rest on {self.effective:.0f} decisions; {FEWEST_EFFECTIVE:.0f} are "
                "needed"
            )
        return ""


def estimate(name: str, policy: Policy, calls: Sequence[Call]) -> Estimate:
    """Replay calls, oldest first; the policy knows of each decision only the calls before it."""
    memory = ActionMemory()
    weighed: list[_Weighed] = []
    supported = other = 0.0
    usual = tried = 0
    for number, (call_id, outcomes) in enumerate(calls):
        for outcome in outcomes:
            if len(outcome.candidates) < 2 or outcome.propensity <= 0:
                continue
            chosen = policy(outcome, memory)
            shown = chosen.get(str(outcome.playbook_id), 0.0)
            weighed.append(_Weighed(number, shown / outcome.propensity, outcome.value))
            supported += 1.0 if outcome.propensity < 1.0 else shown
            is_usual = outcome.propensity >= _RARE
            usual += is_usual
            other += (1 - shown) * is_usual
            tried += shown > 0 and not is_usual
        memory.learn(call_id, outcomes)
    decisions = len(weighed)
    total = sum(one.weight for one in weighed)
    gained = sum(one.weight * one.value for one in weighed)
    squares = sum(one.weight**2 for one in weighed)
    snips = gained / total if total else 0.0
    margin = _NORMAL_95 * _deviation(weighed, snips) / total if total else 1.0
    return Estimate(
        name=name,
        decisions=decisions,
        ips=gained / decisions if decisions else 0.0,
        snips=snips,
        low=max(0.0, snips - margin),
        high=min(1.0, snips + margin),
        effective=total * total / squares if squares else 0.0,
        support=supported / decisions if decisions else 0.0,
        differs=other / usual if usual else 0.0,
        tried=tried,
    )


class _Weighed(NamedTuple):
    call: int
    weight: float
    value: float


def _deviation(weighed: Sequence[_Weighed], mean: float) -> float:
    """The root of the summed squares of what each call adds: its decisions share their luck.

    Two decisions half right and half wrong are added at the largest weight, so that a few that
    all went the same way are not taken for certainty.
    """
    added: defaultdict[int, float] = defaultdict(float)
    for one in weighed:
        added[one.call] += one.weight * (one.value - mean)
    largest = max((one.weight for one in weighed), default=0.0)
    return math.sqrt(sum(each * each for each in added.values()) + largest * largest * 0.5)


def at_random(outcome: ActionOutcome, memory: ActionMemory) -> dict[str, float]:
    """Every candidate alike."""
    return dict.fromkeys(outcome.candidates, 1.0 / len(outcome.candidates))


def by_rank(priorities: dict[PlaybookId, int], *, learns: bool) -> Policy:
    """The ranker with these priorities of the author's; `learns` False: the author's order."""

    def choose(outcome: ActionOutcome, memory: ActionMemory) -> dict[str, float]:
        options = [
            Option(
                playbook_id=PlaybookId(name),
                priority=priorities[PlaybookId(name)],
                probability=1.0,
                context=outcome.context,
            )
            for name in outcome.candidates
            if PlaybookId(name) in priorities
        ]
        ranked = rank(options, memory if learns else ActionMemory())
        return {str(ranked[0].option.playbook_id): 1.0} if ranked else {}

    return choose
