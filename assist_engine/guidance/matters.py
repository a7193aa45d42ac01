"""What the customer called about: each matter once, the main one first, in their own words."""

import re
from collections import Counter
from collections.abc import Set
from typing import Final

import msgspec
from msgspec.structs import replace

from assist_engine.call.clauses import clauses_of
from assist_engine.call.plain_talk import content_words, substance
from assist_engine.call.selectors import customer_utterances
from assist_engine.call.state import CallState, Utterance
from assist_engine.contract.events import IntentRead
from assist_engine.contract.values import Certainty, Role, SummaryLine, certainty_of
from assist_engine.guidance.need import is_need
from assist_engine.guidance.readable import caller, evidence_of, quoted

# About the call itself, and no reason for it.
ABOUT_THE_CALL: Final = re.compile(
    r"\b(?:can you hear|are you (?:still )?there|how are you|say (?:that|it) again|repeat that|"
    r"what (?:do|did) you (?:mean|say)|what (?:was|is) that\b|who am i (?:speaking|talking)|"
    r"what is your name|hold on|"
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
_AGAIN: Final = 0.3  # probability of an intent that another turn of the call surely has
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
    known = {read.intent for turn in state.utterances for read in turn.intents if _is_told(read)}
    for turn in state.utterances:
        if turn.role is not Role.CUSTOMER:
            asked = turn.final.text
            continue
        for label, words in _named(turn, known):
            looked[label] += 1
            if looked[label] <= (_LOOKED_AT if label else _LOOKED_AT_UNNAMED):
                matter = _matter(turn, label, words)
                if matter and not (found and _only_answers(turn.final.text, asked)):
                    found.append(matter)
        asked = ""
    return found


def _only_answers(text: str, asked: str) -> bool:
    """Whether words are but the answer to what was asked last."""
    last = asked[-_TAIL:]  # an utterance ends with its question
    return _ASKS.search(last) is not None and _ASKS.search(text) is None


def _named(turn: Utterance, known: Set[str]) -> list[tuple[str, str]]:
    """The organisation's names for what a turn wants, with the words of each where they differ.

    A turn that surely wants two things in two clauses has two names, in the order in which they
    were said; one that is hardly any, empty. What is `known` from other turns needs less.
    """
    clauses: dict[str, IntentRead] = {}
    for read in turn.intents:
        quote = read.evidence[0].quote if read.evidence else ""
        is_sure = certainty_of(read.probability) is Certainty.LIKELY and is_need(quote)
        if is_sure and quote in turn.final.text:
            other = clauses.get(quote)
            clauses[quote] = max(other or read, read, key=lambda one: one.probability)
    if len(clauses) > 1 and "" not in clauses:
        said = sorted(clauses, key=turn.final.text.find)
        return [(clauses[quote].label, quote) for quote in said]
    best = max(turn.intents, key=lambda read: read.probability, default=None)
    is_told = best and (_is_told(best) or (best.intent in known and best.probability >= _AGAIN))
    return [(best.label if best and is_told else "", "")]


def _is_told(read: IntentRead) -> bool:
    return certainty_of(read.probability) is not Certainty.UNCLEAR


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


def _matter(turn: Utterance, label: str, said: str) -> Matter | None:
    """What a turn, or the clause `said` of it, wants."""
    if not (label or is_need(turn.final.text)):
        return None
    words = _telling(turn, said)
    least = 1 if _MINE.search(words) else _MIN_WORDS
    if len(content_words(substance(words))) < least:
        return None
    return Matter(turn=turn, words=words, label=label)


def _telling(turn: Utterance, said: str = "") -> str:
    """The part of what was said that tells the matter, as it was said."""
    clauses = [
        clause.text
        for clause in clauses_of(replace(turn.final, text=said) if said else turn.final)
        if content_words(substance(clause.text))
        and not ABOUT_THE_CALL.search(clause.text)
        and not _IDENTITY.fullmatch(clause.text.strip())
    ]
    if not clauses:
        return ""
    if len(turn.final.text.split()) > _LONG and any(map(is_need, clauses)):
        needs = [place for place, text in enumerate(clauses) if is_need(text)]
        clauses = clauses[max(0, needs[0] - 1) : needs[-1] + 1]
    text = said or turn.final.text
    start = text.find(clauses[0])
    told = text[start : text.rfind(clauses[-1]) + len(clauses[-1])]
    return _CALLING.sub("", _NAMED.sub("", told))
