"""What an agent did well or had to do: greeted, acknowledged, checked identity, said what is next.

From the words alone, and of what agents do only: nothing is ever read of what they feel (EU AI
Act, Regulation 2024/1689, art. 5(1)(f)). Clause by clause by patterns, whose clause is the
evidence; other words for the same are recognised by the sentence vector of the whole utterance.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import msgspec

from assist_engine.call.clauses import clauses_of
from assist_engine.call.plain_talk import content_words
from assist_engine.call.state import CallState, Utterance
from assist_engine.contract.events import BehaviourRead, Event, UtteranceFinal
from assist_engine.contract.values import Evidence, Role, Sentiment
from assist_engine.understanding.behaviour_examples import (
    CALIBRATION,
    EXAMPLES,
    NEUTRAL,
    THRESHOLD,
)
from assist_engine.understanding.exemplars import Exemplars, Meaning, sentences
from assist_engine.understanding.signal import Observation, Vector, quote

GREETING: Final = "greeting"
EMPATHY: Final = "empathy"
_OPENING_TURNS: Final = 3  # of all utterances: no call ends among them
_LATE: Final = frozenset({"closing", "further-help"})
_CUSTOMER_TURNS: Final = 2  # one of the last must be displeased for empathy to count
_PATTERN_PROBABILITY: Final = 0.9
_LONGEST: Final = 25  # words: the vector of a longer utterance says little of its clauses
_SORROW: Final = frozenset({"anger", "frustration", "worry", "sadness", "confusion"})


class Behaviour(msgspec.Struct, frozen=True, kw_only=True):
    """Something that agents do, and how they say it."""

    name: str
    label: str
    said: re.Pattern[str]
    is_once: bool = False  # a second time on one call means nothing


def _behaviour(name: str, label: str, *patterns: str, is_once: bool = False) -> Behaviour:
    said = re.compile(rf"\b(?:{'|'.join(patterns)})\b")
    return Behaviour(name=name, label=label, said=said, is_once=is_once)


_ID = (
    r"(?:full name|first and last name|date of birth|birthday|account number|customer number|"
    r"order number|phone number|post ?code|zip code|address|email(?: address)?|"
    r"last four(?: digits)?|security question|password|pass ?phrase|policy number|maiden name)"
)
BEHAVIOURS: Final = (
    _behaviour(
        GREETING,
        "Greeted the customer",
        r"(?:thank you|thanks) for (?:calling|phoning|contacting|waiting to speak)",
        r"welcome to|you(?:'ve| have) reached|you are through to|you're through to",
        r"good (?:morning|afternoon|evening)",
        r"(?:this is|my name is|you are speaking (?:to|with)) \w+(?: \w+)? (?:speaking|how|what)",
        r"how (?:can|may) i (?:help|assist) you(?: today)?",
        is_once=True,
    ),
    _behaviour(
        EMPATHY,
        "Acknowledged the trouble",
        r"(?:i am|i'm|we are|we're|so|very|really|terribly) sorry"
        r"(?! (?:what$|what (?:did you|was (?:that|it))|(?:can|could) you (?:repeat|say)|"
        r"i (?:did not|didn't) (?:get|catch|hear|understand)|say|come again))",
        r"(?:i|we)(?: can)?(?: completely| totally| fully| really)? (?:understand|appreciate|"
        r"imagine|see)(?: \w+){0,2} (?:frustrat\w+|upset|worr\w+|concern\w*|annoy\w+|difficult|"
        r"hard|how|why|that must|must)",
        r"(?:i|we) (?:do )?apologi[sz]e|my apologies|our apologies|please accept",
        r"(?:that|this|it) (?:must|should not|shouldn't|is not) (?:be|have|have been|okay)",
        r"i would (?:be|feel) (?:\w+ )?(?:upset|frustrated|annoyed|the same|worried)",
        r"(?:do not|don't) worry",
    ),
    _behaviour(
        "identity-check",
        "Checked who is calling",
        rf"(?:can|could|may|would) (?:i|you)(?: \w+){{0,5}} {_ID}",
        rf"what(?:'s| is| are)(?: \w+){{0,3}} {_ID}",
        rf"(?:need|have|like|going) to (?:verify|confirm)(?: \w+){{0,4}} (?:identity|{_ID})",
        rf"(?:verify|confirm|tell me|give me)(?: \w+){{0,2}} (?:your|the) (?:identity|{_ID})",
        r"security questions?",
    ),
    _behaviour(
        "next-steps",
        "Said what happens next",
        r"(?:you|he|she|they|it|the \w+|we|i)(?: will|'ll)(?: also| then)? (?:receive|get|arrive|"
        r"be (?:delivered|with you|sent|there|refunded|credited|contacted)|send|call you|email|"
        r"let you know|get back|book|order|visit|see)",
        r"(?:what happens next|next step|from here|the next thing)|so to (?:sum up|summari[sz]e|"
        r"recap|confirm)|to recap|let me (?:sum|summari[sz]e|recap)",
        r"you should (?:see|get|receive|have)",
    ),
    _behaviour(
        "closing",
        "Closed the call",
        r"have a (?:\w+ )?(?:day|evening|night|weekend|afternoon|one)",
        r"(?:thank you|thanks) for (?:your (?:patience|time|call|business)|being a)",
        r"(?:good ?bye|bye bye|take care)",
        r"you(?:'re| are) (?:very |most )?welcome",
    ),
    _behaviour(
        "recording-notice",
        "Said that the call is recorded",
        r"(?:call|line|conversation)(?: \w+){0,3} (?:recorded|monitored)",
        r"(?:record|recording)(?: \w+){0,2} (?:call|conversation)",
        is_once=True,
    ),
    _behaviour(
        "further-help",
        "Offered further help",
        r"(?:anything|something) else(?: \w+){0,3} (?:i|we) (?:can|could|may)",
        r"(?:anything|something) else (?:you need|for you|today|i can)",
        r"any (?:other|more|further) (?:questions|concerns|help)",
        r"(?:help|assist) you with (?:anything|something) else",
    ),
)
_BY_NAME: Final = {behaviour.name: behaviour for behaviour in BEHAVIOURS}


def behaviour_exemplars(embed: Callable[[Sequence[str]], Vector]) -> Exemplars:
    """The shipped ways of saying each behaviour; `embed` is asked once, for all of them."""
    said = {name: sentences(text) for name, text in EXAMPLES.items()}
    return Exemplars(said, NEUTRAL, embed=embed, calibration=CALIBRATION)


def find_behaviours(final: UtteranceFinal) -> Iterator[tuple[Behaviour, Evidence]]:
    """Each behaviour that patterns find in an utterance once, with the clause that shows it."""
    clauses = clauses_of(final)
    for behaviour in BEHAVIOURS:
        shown = (clause for clause in clauses if behaviour.said.search(clause.text.lower()))
        first = next(shown, None)
        if first is not None:
            yield behaviour, first.evidence


class BehaviourSignal:
    """Reads behaviours from agents' utterances; without `meaning`, by patterns alone."""

    name = "behaviours"
    reads = Role.AGENT

    def __init__(
        self, meaning: Meaning | None = None, *, minimum_probability: float = THRESHOLD
    ) -> None:
        """`minimum_probability` is for what no pattern finds."""
        self._meaning = meaning
        self._minimum_probability = minimum_probability

    def observe(self, observation: Observation, state: CallState) -> Sequence[Event]:
        """A `BehaviourRead` for each behaviour shown, where it has its place in the call."""
        final = observation.final
        if observation.role is not Role.AGENT or not final.text:
            return ()
        shown = [(b, _PATTERN_PROBABILITY, evidence) for b, evidence in find_behaviours(final)]
        meant = self._meant(observation)
        if meant is not None and meant[0] not in [behaviour for behaviour, _, _ in shown]:
            shown.append((*meant, quote(final)))
        return [
            BehaviourRead(
                utterance_id=final.utterance_id,
                behaviour=behaviour.name,
                label=behaviour.label,
                probability=round(probability, 3),
                evidence=(evidence,),
            )
            for behaviour, probability, evidence in shown
            if _has_its_place(behaviour, final, state)
        ]

    def _meant(self, observation: Observation) -> tuple[Behaviour, float] | None:
        text = observation.final.text
        if self._meaning is None or not content_words(text) or len(text.split()) > _LONGEST:
            return None
        match = self._meaning.nearest(observation.vector)
        if match.probability < self._minimum_probability:
            return None
        return _BY_NAME[match.label], match.probability


def _has_its_place(behaviour: Behaviour, final: UtteranceFinal, state: CallState) -> bool:
    """Whether it means something here: greetings first, closings later, empathy when needed."""
    before = [u for u in state.utterances if u.final.utterance_id != final.utterance_id]
    shown = (read.behaviour for u in before for read in u.behaviours)
    if behaviour.is_once and behaviour.name in shown:
        return False
    if behaviour.name == GREETING:
        return not any(u.role is Role.AGENT for u in before)
    if behaviour.name in _LATE:
        return len(before) >= _OPENING_TURNS
    if behaviour.name == EMPATHY:
        said = [u for u in before if u.role is Role.CUSTOMER][-_CUSTOMER_TURNS:]
        return any(_is_troubled(utterance) for utterance in said)
    return True


def _is_troubled(turn: Utterance) -> bool:
    """Whether a customer's turn asks for acknowledgement."""
    if turn.sentiment is not None and turn.sentiment.sentiment is Sentiment.NEGATIVE:
        return True
    felt = turn.emotion.emotions if turn.emotion else ()
    return any(one.emotion.value in _SORROW for one in felt) or any(
        read.driver == "vulnerability" for read in turn.drivers
    )
