"""Ranks playbooks that fit by the author's order and by what came of them before. Pure.

Each playbook in each context (what the customer wants) has the mean of a Beta distribution over
good outcomes: few cards in a context are shrunk towards the playbook as a whole, and that towards
a prior from the author's priority. Learning moves a priority by at most `MOST_INFLUENCE` points,
so without data the order is the author's and no amount of data turns a firm order around.
"""

import zlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec

from assist_engine.contract.ids import CallId, PlaybookId
from assist_engine.guidance.action_outcome import ActionOutcome

MOST_INFLUENCE: Final = 25.0  # points of priority that learning adds or takes
CLOSE: Final = 2 * MOST_INFLUENCE  # points: further from the best, a playbook is no candidate
_MOST_PRIORITY: Final = 100
_MOST_CANDIDATES: Final = 20  # all of them are in the log with the card
_POINTS: Final = 100.0  # of priority for a certain outcome more than expected
_WORTH_TELLING: Final = 3  # cards before a count says anything


class Weights(msgspec.Struct, frozen=True, kw_only=True):
    """How slowly learning moves; chosen by `benchmarks/action_ranking.py`, see decision 18."""

    prior: float = 40.0  # cards that the author's order counts as
    whole: float = 10.0  # cards that the playbook as a whole counts as, in one context


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """A playbook that fits now. `context`: what the customer wants, or what else was heard."""

    playbook_id: PlaybookId
    priority: int  # the author's, 0 to 100
    probability: float  # that what it answers was meant; between equals the surer goes first
    urgency: int = 0  # points that no learning outweighs
    context: str = ""
    context_label: str = ""  # as people say it


class Ranked(msgspec.Struct, frozen=True, kw_only=True):
    """An option with its place. `propensity`: how probable it was to be put first."""

    option: Option
    priority: int
    propensity: float
    candidates: tuple[str, ...] = ()  # playbooks among which it was chosen


@dataclass
class Tally:
    """What came of cards: their number, the sum of outcomes (0 to 1), how many were taken up."""

    shown: int = 0
    good: float = 0.0
    accepted: int = 0

    def add(self, outcome: ActionOutcome, times: int = 1) -> None:
        """Count an outcome in, or with -1 out again."""
        self.shown += times
        self.good += times * outcome.value
        self.accepted += times * outcome.is_accepted


@dataclass
class ActionMemory:
    """Counts of outcomes by playbook and context; a call learned again replaces what it taught."""

    weights: Weights = field(default_factory=Weights)
    _by_call: dict[CallId, tuple[ActionOutcome, ...]] = field(default_factory=dict)
    _whole: defaultdict[PlaybookId, Tally] = field(default_factory=lambda: defaultdict(Tally))
    _within: defaultdict[tuple[PlaybookId, str], Tally] = field(
        default_factory=lambda: defaultdict(Tally)
    )

    def learn(self, call_id: CallId, outcomes: Sequence[ActionOutcome]) -> None:
        """Take in what a call taught, instead of what it taught before."""
        for outcome in self._by_call.pop(call_id, ()):
            self._count(outcome, -1)
        for outcome in outcomes:
            self._count(outcome, 1)
        if outcomes:
            self._by_call[call_id] = tuple(outcomes)

    def of(self, playbook_id: PlaybookId, context: str | None = None) -> Tally:
        """The counts of a playbook as a whole, or in one context."""
        if context is None:
            return self._whole.get(playbook_id, Tally())
        return self._within.get((playbook_id, context), Tally())

    def _count(self, outcome: ActionOutcome, times: int) -> None:
        self._whole[outcome.playbook_id].add(outcome, times)
        self._within[outcome.playbook_id, outcome.context].add(outcome, times)


def expected(memory: ActionMemory, option: Option) -> float:
    """The learned chance (0 to 1) of a good outcome; without data, the prior."""
    prior = prior_of(option.priority)
    whole = memory.of(option.playbook_id)
    within = memory.of(option.playbook_id, option.context)
    weights = memory.weights
    overall = (whole.good + weights.prior * prior) / (whole.shown + weights.prior)
    return (within.good + weights.whole * overall) / (within.shown + weights.whole)


def prior_of(priority: int) -> float:
    """What is expected of a playbook of this priority before anything came of it, 0.3 to 0.7."""
    return 0.3 + 0.4 * priority / 100


def influence(memory: ActionMemory, option: Option) -> float:
    """Points of priority that learning adds, within ±`MOST_INFLUENCE`."""
    learned = _POINTS * (expected(memory, option) - prior_of(option.priority))
    return max(-MOST_INFLUENCE, min(MOST_INFLUENCE, learned))


def rank(
    options: Sequence[Option],
    memory: ActionMemory,
    *,
    exploration: float = 0.0,
    chance: float = 1.0,
) -> list[Ranked]:
    """The options, best first.

    With probability `exploration` one of those close to the best is put first instead; `chance`
    (0 to 1) decides, so that the same call is ranked the same again.
    """
    scored = [(option, _score(option, memory)) for option in options]
    scored.sort(key=lambda item: (item[1], item[0].probability, item[0].playbook_id), reverse=True)
    if not scored:
        return []
    best, top = scored[0]
    near = [o for o, score in scored if o.urgency == best.urgency and top - score <= CLOSE]
    close = near[:_MOST_CANDIDATES]
    names = tuple(sorted(str(option.playbook_id) for option in close))
    if len(close) > 1 and chance < exploration:
        tried = close[min(len(close) - 1, int(chance / exploration * len(close)))]
        others = [item for item in scored if item[0] is not tried]
        scored = [(tried, top + 1), *others]
    return [
        Ranked(
            option=option,
            priority=min(score, option.urgency + _MOST_PRIORITY - place),
            propensity=_propensity(option, best, names, exploration),
            candidates=names if len(names) > 1 else (),
        )
        for place, (option, score) in enumerate(scored)
    ]


def _score(option: Option, memory: ActionMemory) -> int:
    return round(option.urgency + option.priority + influence(memory, option))


def chance_of(call_id: CallId, options: Sequence[Option]) -> float:
    """A number from 0 to 1 that is the same for the same options on the same call."""
    named = "\n".join([str(call_id), *sorted(str(option.playbook_id) for option in options)])
    return zlib.crc32(named.encode()) / 2**32


def told(memory: ActionMemory, option: Option) -> str:
    """What came of the playbook in this context, as people say it; empty: too little to tell."""
    within = memory.of(option.playbook_id, option.context)
    if within.shown >= _WORTH_TELLING and option.context_label:
        about = option.context_label.lower()
        return f"accepted {within.accepted} of {within.shown} times for {about}"
    whole = memory.of(option.playbook_id)
    if whole.shown >= _WORTH_TELLING:
        return f"accepted {whole.accepted} of {whole.shown} times"
    return ""


def _propensity(option: Option, best: Option, names: Sequence[str], exploration: float) -> float:
    """How probable it was that this option is put first."""
    explored = exploration if len(names) > 1 else 0.0
    share = explored / len(names) if option.playbook_id in names else 0.0
    return round(share + (1.0 - explored if option is best else 0.0), 6)
