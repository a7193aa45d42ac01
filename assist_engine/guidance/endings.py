"""How a call ended, and how the customer's mood went, with the words that show it."""

import re
from itertools import pairwise
from typing import Final

import msgspec

from assist_engine.call.plain_talk import content_words, substance
from assist_engine.call.selectors import TURN, customer_utterances, mood_course
from assist_engine.call.state import CallState, Utterance
from assist_engine.contract.values import FollowUp, Role, Sentiment, SummaryLine
from assist_engine.guidance.deeds import AGREED, CLEARLY
from assist_engine.guidance.readable import asks, caller, evidence_of, quoted, says_words

SOLVED: Final = "Solved"
NOT_SOLVED: Final = "Not solved"
FOLLOW_UP: Final = "Follow-up promised"
TRANSFERRED: Final = "Transferred"
UNCLEAR: Final = "Unclear"
OUTCOMES: Final = (SOLVED, NOT_SOLVED, FOLLOW_UP, TRANSFERRED, UNCLEAR)

_WORKS: Final = re.compile(
    r"\b(?:it|that|this|everything)(?:'s| is)?(?: now)? (?:works?|working|worked|fixed|sorted|"
    r"solved|back)(?: now| again)?\b|\bthat (?:fixed|solved|helped|answers)\b|\bproblem solved\b"
)
_FAILS: Final = re.compile(
    r"\b(?:still|does|did|is|has|was|that's) ?(?:not|n't) (?:work|help|fix|solve|good enough|"
    r"acceptable|arriv|what i)|\bstill (?:broken|waiting|missing|down|dropping)|\bdoesn't (?:work|"
    r"help)|\bdidn't (?:work|help)|\b(?:no|not any) help\b|\bunacceptable\b|\buseless\b|"
    r"\bi (?:will|am going to|'ll) (?:complain|cancel|leave|call (?:back|again))\b"
)
_TRANSFER: Final = re.compile(
    r"\b(?:i|we)(?: will|'ll| am going to|'m going to| have| am)? (?:now |just )?(?:transfer(?:red|"
    r"ring)?|put(?:ting)? you (?:through|on to)|connect(?:ed|ing)? you|pass(?:ed|ing)? you)\b"
)
_MORE: Final = re.compile(r"\b(?:is there )?anything else\b")
_GOODBYE: Final = re.compile(
    r"\b(?:thanks|thank you|bye|goodbye|that (?:is|was) (?:all|it|everything))\b"
)
_TELLING: Final = 2  # content words of what an agent said that may have helped
_LAST: Final = 2  # customer's turns that tell how it ended
_LAST_OF_AGENT: Final = 3
_MOOD: Final = 0.15
_SURE: Final = 0.5
_LONGEST: Final = 20  # words of a quote


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    """How a call ended, one of `OUTCOMES`, and the turn that says so."""

    outcome: str
    turn: Utterance | None = None


def outcome_line(state: CallState, ending: Ending) -> SummaryLine:
    """How the call ended and the words that say so."""
    turn = ending.turn
    if turn is None or not says_words(turn.final.text):
        return SummaryLine(section="outcome", text=f"{ending.outcome}.")
    who = "The agent" if turn.role is Role.AGENT else caller(state)
    words = quoted(turn.final.text, whole=True)
    return SummaryLine(
        section="outcome",
        text=f"{ending.outcome}. {who} said: {words}",
        evidence=evidence_of(turn),
    )


def ending_of(state: CallState, promised: tuple[FollowUp, ...]) -> Ending:
    """How the call ended, by its last turns; what was promised is a follow-up."""
    said = tuple(t for t in customer_utterances(state) if says_words(t.final.text))
    if not said:
        return Ending(outcome=UNCLEAR)
    agents = tuple(turn for turn in state.utterances if turn.role is Role.AGENT)
    if (moved := _last_with(_TRANSFER, agents)) is not None:
        return Ending(outcome=TRANSFERRED, turn=moved)
    last = said[-_LAST:]
    working = _last_with(_WORKS, last)
    if (unhappy := _unhappy(last, working)) is not None:
        return Ending(outcome=NOT_SOLVED, turn=unhappy)
    glad = _last_with(AGREED, last) or next((t for t in reversed(last) if _is_glad(t)), None)
    clearly = _last_with(CLEARLY, tuple(turn for turn in said if not asks(turn.final.text)))
    if promised:
        return Ending(outcome=FOLLOW_UP, turn=clearly or glad or last[-1])
    if working or glad:
        return Ending(outcome=SOLVED, turn=working or clearly or glad)
    return Ending(outcome=UNCLEAR, turn=last[-1])


def _unhappy(last: tuple[Utterance, ...], working: Utterance | None) -> Utterance | None:
    """The turn that says that it is not solved, or reads so at the very end."""
    failing = _last_with(_FAILS, last)
    is_glad_after = failing is not last[-1] and _is_glad(last[-1])
    if failing is not None and not is_glad_after and (working is None or failing is last[-1]):
        return failing
    read = [turn for turn in last if turn.sentiment is not None]
    newest = read[-1].sentiment if read else None
    return read[-1] if newest and newest.sentiment is Sentiment.NEGATIVE else None


def _last_with(words: re.Pattern[str], turns: tuple[Utterance, ...]) -> Utterance | None:
    """The newest of the last turns that says such words."""
    newest = turns[-_LAST_OF_AGENT:]
    return next((turn for turn in reversed(newest) if words.search(turn.final.text)), None)


def _is_glad(turn: Utterance) -> bool:
    return turn.sentiment is not None and turn.sentiment.sentiment is Sentiment.POSITIVE


def mood_lines(state: CallState) -> list[SummaryLine]:
    """The customer's mood at start and end, and where it turned; none where it was never clear."""
    course = mood_course(state)
    if not course:
        return []
    said = {turn.final.end_ms: turn for turn in customer_utterances(state)}
    (start_ms, start), (end_ms, end) = course[0], course[-1]
    first, last = said.get(start_ms), said.get(end_ms)
    lowest_ms, lowest = min(course, key=lambda point: point[1])
    names = _name(start, first), _name(end, last)
    text = f"{names[0]} at the start, {names[1].lower()} at the end"
    if names[0] == names[1]:
        text = f"{names[0]} at the start and at the end"
    evidence = first
    if lowest < min(start, end) - _MOOD and lowest < -_MOOD:
        text += f", lowest at {_clock(lowest_ms)}"
        evidence = said.get(lowest_ms)
    return [
        SummaryLine(section="mood", text=f"{text}.", evidence=evidence_of(evidence)),
        *_turn_to_the_better(state),
    ]


def _turn_to_the_better(state: CallState) -> list[SummaryLine]:
    """What the agent said before the mood rose most, where it rose to the good."""
    rises = [
        (after - before, at_ms)
        for (_, before), (at_ms, after) in pairwise(mood_course(state))
        if after - before >= TURN and after > 0
    ]
    if not rises:
        return []
    _, at_ms = max(rises)
    agents = (u for u in reversed(state.utterances) if u.role is Role.AGENT)
    before = next((turn for turn in agents if turn.final.start_ms < at_ms), None)
    better = next((t for t in customer_utterances(state) if t.final.end_ms == at_ms), None)
    if before is None or (better is not None and _is_courtesy(better.final.text)):
        return []
    said = _MORE.split(before.final.text)[0]
    if len(content_words(said)) < _TELLING:
        return []
    words = quoted(said, longest=_LONGEST)
    text = f"Better from {_clock(at_ms)}, after: {words}"
    return [SummaryLine(section="mood", text=text, evidence=evidence_of(before))]


def _is_courtesy(text: str) -> bool:
    """Thanks and goodbyes, as any call ends with; they tell nothing of what was said before."""
    return _GOODBYE.search(text) is not None and len(content_words(substance(text))) <= 1


def _name(mood: float, turn: Utterance | None) -> str:
    """A mood as a word, with the feeling that the words of that moment told, if one was likely."""
    name = "Neutral"
    if mood <= -_MOOD:
        name = "Negative"
    elif mood >= _MOOD:
        name = "Positive"
    felt = turn.emotion.emotions[0] if turn and turn.emotion and turn.emotion.emotions else None
    is_told = felt is not None and felt.probability >= _SURE and name != "Neutral"
    return f"{name} ({felt.emotion})" if felt and is_told else name


def _clock(at_ms: int) -> str:
    return f"{at_ms // 60_000}:{at_ms // 1000 % 60:02d}"
