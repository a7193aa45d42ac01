"""Predicts under which of the organisation's codes a call is filed, and learns from corrections.

The codes are YAML that the organisation writes; without any, the intents heard are the codes.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

import msgspec

from assist_engine.call.driver_kinds import answers_to
from assist_engine.call.selectors import customer_utterances
from assist_engine.call.state import CallState
from assist_engine.contract.values import RankedDisposition
from assist_engine.guidance.matters import Matter

Choices: TypeAlias = Mapping[tuple[str, str], int]
"""How often agents filed a call under the second code where the first was predicted."""

GENERAL: Final = "General enquiry"
GENERAL_CODE: Final = "general"
_MOST: Final = 5  # codes that are told
_LEAST: Final = 0.01
_GENERAL_WEIGHT: Final = 0.35  # of a call in which nothing speaks for any code
_MAIN: Final = 2.0  # what the main matter counts, of one heard elsewhere
_DRIVER: Final = 0.5
_WORDS: Final = 0.6
_OUTCOME: Final = 1.5  # a code's own outcome strengthens what speaks for it
_OTHER_OUTCOME: Final = 0.5
_PRIOR: Final = 4.0  # filed calls that weigh as much as what is heard on this one
_LEAST_OWN: Final = 0.5


class Disposition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A code and what speaks for it. Empty `queue`: any; empty `outcomes`: any."""

    code: str
    label: str
    intents: tuple[str, ...] = ()
    drivers: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()  # whole words or phrases, of the customer
    queue: str = ""


class Dispositions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The organisation's codes, as its file has them."""

    dispositions: tuple[Disposition, ...]


def no_choices() -> Choices:
    """Nothing was corrected yet."""
    return {}


class Ranking(msgspec.Struct, frozen=True, kw_only=True):
    """The codes, likeliest first, whose probabilities add up to at most 1 where the organisation
    has codes; and the likeliest one before what agents chose on other calls.
    """

    ranked: tuple[RankedDisposition, ...]
    heard_code: str


class DispositionRanker:
    """Ranks the codes for a call; `choices` is asked at each call."""

    def __init__(
        self,
        known: tuple[Disposition, ...] = (),
        choices: Callable[[], Choices] = no_choices,
    ) -> None:
        self._known = known
        self._choices = choices
        self._words = {one.code: _pattern(one.words) for one in known if one.words}

    def rank(self, state: CallState, outcome: str, found: tuple[Matter, ...]) -> Ranking:
        """The codes that something speaks for; `found`: what the customer called about."""
        if not self._known:
            ranked = _by_intent(state)
            return Ranking(ranked=ranked, heard_code=ranked[0].code)
        weights = self._weights(state, outcome, found)
        total = sum(weights.values())
        shares = {code: weight / total for code, weight in weights.items()}
        labels = {one.code: one.label for one in self._known}
        labels.setdefault(GENERAL_CODE, GENERAL)
        heard = max(shares, key=lambda code: (shares[code], code))
        corrected = _corrected(shares, heard, self._choices(), frozenset(labels))
        ordered = sorted(corrected.items(), key=lambda item: (-item[1], item[0]))
        return Ranking(
            heard_code=heard,
            ranked=tuple(
                RankedDisposition(code, labels[code], round(share, 3))
                for code, share in ordered[:_MOST]
                if share >= _LEAST
            ),
        )

    def _weights(
        self, state: CallState, outcome: str, found: tuple[Matter, ...]
    ) -> dict[str, float]:
        """What speaks for each code; the general one where little does for any."""
        intents = _intent_weights(state, found)
        drivers = {d.driver: d.probability for u in state.utterances for d in u.drivers}
        said = " \n ".join(turn.final.text.lower() for turn in customer_utterances(state))
        weights: dict[str, float] = {GENERAL_CODE: _GENERAL_WEIGHT}
        for one in self._known:
            if one.queue and state.queue and one.queue != state.queue:
                continue
            weight = sum(intents.get(intent, 0.0) for intent in one.intents)
            names = frozenset(one.drivers)
            weight += _DRIVER * sum(p for name, p in drivers.items() if answers_to(name, names))
            if one.code in self._words:
                weight += _WORDS * len(set(self._words[one.code].findall(said)))
            if weight and one.outcomes:
                weight *= _OUTCOME if outcome in one.outcomes else _OTHER_OUTCOME
            if weight:
                weights[one.code] = weights.get(one.code, 0.0) + weight
        return weights


def _corrected(
    shares: Mapping[str, float], heard: str, choices: Choices, known: frozenset[str]
) -> dict[str, float]:
    """The shares mixed with how agents filed calls that were heard as this one.

    The call's own words are worth a few such calls, and never less than all of them together.
    """
    chosen = {c: n for (p, c), n in choices.items() if p == heard and c in known and n > 0}
    total = sum(chosen.values())
    own = max(_PRIOR / (_PRIOR + total), _LEAST_OWN)
    corrected = defaultdict(float, {code: own * share for code, share in shares.items()})
    for code, count in chosen.items():
        corrected[code] += (1 - own) * count / total
    return dict(corrected)


def _intent_weights(state: CallState, found: tuple[Matter, ...]) -> dict[str, float]:
    """How much of the call each intent is, by its best two sentences; the main matter is more."""
    heard: defaultdict[str, list[float]] = defaultdict(list)
    for utterance in state.utterances:
        for read in utterance.intents:
            heard[read.intent].append(read.probability)
    weights = {intent: sum(sorted(each)[-2:]) for intent, each in heard.items()}
    main = found[0].turn.intents if found else ()
    if main:
        best = max(main, key=lambda read: (read.label == found[0].label, read.probability))
        weights[best.intent] = weights.get(best.intent, 0.0) + (_MAIN - 1.0) * best.probability
    return weights


def _by_intent(state: CallState) -> tuple[RankedDisposition, ...]:
    """Without codes: the intents, the one heard most first, each as sure as it was at best."""
    weights: defaultdict[tuple[str, str], float] = defaultdict(float)
    surest: dict[tuple[str, str], float] = {}
    for utterance in state.utterances:
        for read in utterance.intents:
            key = (read.intent, read.label)
            weights[key] += read.probability
            surest[key] = max(surest.get(key, 0.0), read.probability)
    ranked = sorted(weights, key=lambda key: -weights[key])[:_MOST]
    if ranked:
        return tuple(RankedDisposition(*key, round(surest[key], 3)) for key in ranked)
    sure = 0.5 if customer_utterances(state) else 0.0
    return (RankedDisposition(GENERAL_CODE, GENERAL, sure),)


def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    alternatives = "|".join(re.escape(word.lower()) for word in words)
    return re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)")
