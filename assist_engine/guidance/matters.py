"""What the customer called about: each matter once, the main one first, in their own words."""

import re
from collections import Counter
from typing import Final

import msgspec

from assist_engine.call.clauses import clauses_of
from assist_engine.call.plain_talk import content_words, substance
from assist_engine.call.selectors import customer_utterances
from assist_engine.call.state import CallState, Utterance
from assist_engine.contract.values import Certainty, Role, SummaryLine, certainty_of
from assist_engine.guidance.need import is_need
from assist_engine.guidance.readable import caller, evidence_of, quoted

# About the call itself, and no reason for it.
_ABOUT_THE_CALL: Final = re.compile(
    r"\b(?:can you hear|are you (?:still )?there|how are you|say (?:that|it) again|repeat that|"
    r"what (?:do|did) you (?:mean|say)|who am i (?:speaking|talking)|what is your name|hold on|"
    r"(?:have|got|had) a (?:quick |small |little )?(?:question|problem|issue)$|"
    r"(?:speak|talk) (?:to|with) (?:somebody|someone|an agent|a person|a human)|"
    r"can you help(?: me)?$|(?:i )?need (?:some |your )?help$|"
    r"hope you can help(?: me)?$)"
)
_IDENTITY: Final = re.compile(
    r"(?:(?:hi|hello|yes) )*(?:this is|(?:my|the) (?:[a-z]+ )*(?:name|number|address|code|email)"
    r"(?: is|'s)) (?:it's |it is )?(?:\S+ ){0,2}\S+(?: and)?|\[\S+\]"
)
_MINE: Final = re.compile(r"\bmy (?!name\b|number\b|question\b)[a-z]+")
_CALLING: Final = re.compile(
    r"^(?:\S+ ){0,4}?i(?:'m| am) (?:just )?(?:calling|ringing|phoning)(?: you)? "
    r"(?:because|about|as|since|to say that) "
)
_NAMED: Final = re.compile(
    r"^(?:[a-z]+ ){0,3}?my name is (?:\S+ ){1,3}?and (?=my |i |the |we |our )"
)
_ASKS: Final = re.compile(
    r"\b(?:how|what|when|where|which|why|who)\b(?! can i help| may i help)|"
    r"\b(?:can|could|do|does|did|is|are|was|will|would|should|may|have) (?:i|you|we|it|the|that|"
    r"there|this|your|my|any\w+|some\w+)\b(?! help)|\bi (?:want|need|would like)\b|\bplease\b|"
    r"\bgoing to\b"
)
_FULL: Final = 4  # content words of a matter that says it well
_MIN_WORDS: Final = 2  # content words of a matter
_EARLY: Final = 4  # customer's needs among which the main reason is looked for
_LOOKED_AT: Final = 3  # turns of one name
_LOOKED_AT_UNNAMED: Final = 12
_TAIL: Final = 60  # characters
_MAX_MORE: Final = 3
_LONG: Final = 14  # words of an utterance that is cut to the clauses that say the matter


class Matter(msgspec.Struct, frozen=True, kw_only=True):
    """Something the customer wants, where it was said first and best."""

    turn: Utterance
    words: str  # of the turn's text
    label: str = ""  # the organisation's name for it, empty where there is none


def matters(state: CallState) -> tuple[Matter, ...]:
    """What the customer wants, the reason of the call first; a matter without a name joins the
    one before it.
    """
    found = _told(state)
    labels: dict[str, Matter] = {}
    for matter in found:
        known = labels.get(matter.label)
        if matter.label and (known is None or _is_thin(known) > _is_thin(matter)):
            labels[matter.label] = matter
    if not found:
        return ()
    named = next((matter for matter in found[:_EARLY] if matter.label), None)
    if named is None:
        early = found[:_EARLY]
        plain = next((one for one in early if not _is_thin(one) or _MINE.search(one.words)), None)
        main = plain or max(early, key=lambda one: len(content_words(one.words)))
    else:
        main = labels.pop(named.label)
    return (main, *labels.values())


def _told(state: CallState) -> list[Matter]:
    """What the customer told, in its order; what only answers the agent's question is none.

    Without a name only what comes early can be the reason; of a name its first turns are enough.
    """
    found: list[Matter] = []
    asked = ""  # by the agent, just before
    looked: Counter[str] = Counter()
    for turn in state.utterances:
        if turn.role is not Role.CUSTOMER:
            asked = turn.final.text
            continue
        label = _label(turn)
        looked[label] += 1
        if looked[label] <= (_LOOKED_AT if label else _LOOKED_AT_UNNAMED):
            matter = _matter(turn, label)
            if matter and not (found and _only_answers(turn.final.text, asked)):
                found.append(matter)
        asked = ""
    return found


def _only_answers(text: str, asked: str) -> bool:
    """Whether words are but the answer to what was asked last."""
    last = asked[-_TAIL:]  # an utterance ends with its question
    return _ASKS.search(last) is not None and _ASKS.search(text) is None


def _label(turn: Utterance) -> str:
    """The organisation's name for what a turn wants; empty where it is not likely any."""
    best = max(turn.intents, key=lambda read: read.probability, default=None)
    if best is None or certainty_of(best.probability) is Certainty.UNCLEAR:
        return ""
    return best.label


def _is_thin(matter: Matter) -> bool:
    return len(content_words(matter.words)) < _FULL


def reason_lines(state: CallState, found: tuple[Matter, ...]) -> list[SummaryLine]:
    """The reason of the call and what else came up; one line where nothing was asked."""
    said = customer_utterances(state)
    who = caller(state)
    if not found:
        return [_nothing_asked(state, said)]
    main, *more = found
    label = f" ({main.label})" if main.label else ""
    lines = [(main, f"{who} called{label}: {quoted(main.words)}")]
    lines += [(one, f"Also ({one.label}): {quoted(one.words)}") for one in more[:_MAX_MORE]]
    return [
        SummaryLine(section="reason", text=text, evidence=evidence_of(one.turn))
        for one, text in lines
    ]


def _nothing_asked(state: CallState, said: tuple[Utterance, ...]) -> SummaryLine:
    """What was said where nobody asked for anything; a full statement is a reason too."""
    who = caller(state)
    if not said:
        return SummaryLine(section="reason", text=f"{who} said nothing.")
    sizes = [len(content_words(_telling(turn))) for turn in said[:_EARLY]]
    fullest = said[sizes.index(max(sizes))]
    words = _telling(fullest) or fullest.final.text
    told = "called" if max(sizes) >= _FULL else "said nothing that asks for help"
    return SummaryLine(
        section="reason", text=f"{who} {told}: {quoted(words)}", evidence=evidence_of(fullest)
    )


def _matter(turn: Utterance, label: str) -> Matter | None:
    if not (label or is_need(turn.final.text)):
        return None
    words = _telling(turn)
    least = 1 if _MINE.search(words) else _MIN_WORDS
    if len(content_words(substance(words))) < least:
        return None
    return Matter(turn=turn, words=words, label=label)


def _telling(turn: Utterance) -> str:
    """The part of what was said that tells the matter, as it was said."""
    clauses = [
        clause.text
        for clause in clauses_of(turn.final)
        if content_words(substance(clause.text))
        and not _ABOUT_THE_CALL.search(clause.text)
        and not _IDENTITY.fullmatch(clause.text.strip())
    ]
    if not clauses:
        return ""
    if len(turn.final.text.split()) > _LONG and any(map(is_need, clauses)):
        needs = [place for place, text in enumerate(clauses) if is_need(text)]
        clauses = clauses[max(0, needs[0] - 1) : needs[-1] + 1]
    text = turn.final.text
    start = text.find(clauses[0])
    told = text[start : text.rfind(clauses[-1]) + len(clauses[-1])]
    return _CALLING.sub("", _NAMED.sub("", told))
