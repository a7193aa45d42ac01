"""What was done on a call: steps ticked, cards used, what the agent found, did and agreed on."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence, Set
from itertools import islice
from typing import Final

import msgspec

from assist_engine.call.clauses import Clause
from assist_engine.call.plain_talk import content_words
from assist_engine.call.selectors import customer_utterances
from assist_engine.call.state import ActionRun, ActionStatus, CallState, CardStatus, Utterance
from assist_engine.contract.actions import ActionDone
from assist_engine.contract.ids import UtteranceId
from assist_engine.contract.values import Evidence, FollowUp, SummaryLine
from assist_engine.guidance.matters import ABOUT_THE_CALL, Matter
from assist_engine.guidance.need import is_need
from assist_engine.guidance.promises import Spoken, question_in
from assist_engine.guidance.readable import as_sentence, asks, quoted, says_words

AGREED: Final = re.compile(
    r"\b(?:thank(?:s| you)|sounds (?:good|fair|great|better|fine)|that works|perfect|great|"
    r"(?:that|it) (?:would be|is|will be|'ll be) (?:great|fine|good|perfect|okay|wonderful)|"
    r"wonderful|excellent|let's do (?:that|it)|go ahead|yes please|i would like that|lovely|"
    r"that's (?:great|fine|good|perfect|okay))\b"
)
_ACCEPTED: Final = re.compile(  # of an offer, and too little to end a call on
    rf"{AGREED.pattern}|\b(?:okay|ok|all right|alright|fine|yes) (?:good|then|fine)\b"
)
CLEARLY: Final = re.compile(  # more than thanks
    r"\b(?:sounds (?:good|fair|great|fine)|that works|(?:that|it) (?:would be|is|will be|'ll be) "
    r"(?:great|good|perfect|wonderful)|let's do|go ahead|yes please|feel (?:much )?better|"
    r"it works|that (?:fixed|solved|helped))\b"
)
_REFUSED: Final = re.compile(r"\b(?:no|not|never|don't|but|why|instead|rather)\b")
_ACTS: Final = (
    r"(?:blocked|sent|placed|ordered|booked|cancell?ed|refunded|changed|opened|closed|credited|"
    r"replaced|reset|scheduled|created|updated|disputed|issued|raised|added|removed|waived|"
    r"applied|submitted|escalated|arranged|extended|activated|deactivated|registered|transferred|"
    r"upgraded|processed|confirmed|logged|reported|noted|corrected|emailed|texted|unlocked|"
    r"verified|restarted|rebooted|reversed|reimbursed|lowered|reduced|moved|reserved|made|set up|"
    r"put|given|frozen|stopped|switched|restored|renewed|adjusted|approved|filed|started)"
)
_COMPLETED: Final = re.compile(
    rf"\b(?:i|we)(?:(?: have|'ve| had)(?: just| already| now| also)*| just| already| also)? "
    rf"{_ACTS}\b|"
    r"\b(?:i|we)(?: have|'ve)(?: just| already| now| also)* (?!need|want|receiv|notic|call)"
    r"[a-z]+ed\b|"
    rf"\b(?:has|have|had) (?:now |just |already )?been {_ACTS}\b|\b(?:is|are) now {_ACTS}\b|"
    rf"\bis now (?:active|back|working|open)\b|^(?:it|that) is {_ACTS}(?: now)?$"
)
_FOUND: Final = re.compile(
    r"\b(?:i|we) (?:can |do )?see (?!if\b|what\b|whether\b|you\b|how\b|i\b)|"
    r"\b(?:it|there) (?:looks like|seems|appears|was lost|is an? (?:outage|fault|problem|error))|"
    r"\bthe (?:test|system|tracking|record|account|carrier) (?:shows?|says?)\b|"
    r"\b(?:it|they|the \w+) (?:was|were|got|is|are|has been) (?:marked|lost|damaged|delayed|"
    r"scanned|declined|rejected|returned|held|stuck)\b"
)
_WILL: Final = re.compile(
    r"\b(?:i|we)(?: will|'ll| am going to|'m going to) (?:also |then |now )?(?:send|give|dispute|"
    r"refund|lower|book|replace|order|cancel|open|credit|arrange|schedule|transfer|block|waive|"
    r"issue|raise|apply|add|remove|reset|escalate|extend)\b"
)
_OFFER: Final = re.compile(
    r"\b(?:i|we) (?:can|could) (?:also |either )?(?!also|either|see|hear|understand|imagine|"
    r"tell|help|do|only|not|confirm|assure|guarantee|promise|have|be|ask you|speak|start|look|"
    r"check|just|find|feel|read)[a-z]+"
)
_DOING: Final = re.compile(
    r"\b(?:i am|i'm|we are|we're) (?:now |just |also |already )*(?:open|send|book|order|block|"
    r"lock|cancell?|refund|credit|creat|updat|chang|clos|replac|rais|report|issu|transferr|"
    r"activat|reserv|mov|reset|schedul|arrang|add|remov|waiv|appl|disput|escalat|test|runn)y?ing\b"
)
_DO_THAT: Final = re.compile(
    r"^(?:(?:yes|sure|of course) )*(?:i|we)(?: can| will|'ll) do (?:that|it)\b"
)
_I_SEE: Final = re.compile(r"^(?:i|we) (?:can |do )?see (?:that |them |it )?")
_THANKS: Final = re.compile(r"^(?:thank you|thanks) (?:\w+ )??(?=(?:the|your|it|we|i|with|that) )")
_REQUEST: Final = re.compile(r"\bi (?:will |also |just )*(?:need|want|would like) ")
_COURTESY: Final = re.compile(
    r"\b(?:sorry|thank you|welcome|go ahead|how are you|have a (?:nice|good|great)|understand|"
    r"weather|weekend|take your time|one moment|recorded)\b"
)
_NOT_DONE: Final = re.compile(
    r"\b(?:not|never|cannot|can't|unable|haven't|hasn't|have you|if|unless|once|after|before)\b"
)
_WHO: Final = re.compile(  # an order's number alone says nothing of who calls
    r"\b(?:name|birth|born|(?<!new )address|post ?code|zip|account|digits|password|security|"
    r"email|phone|verify|identity|identify|who am i)\b"
)
_TELLING: Final = 2  # content words of an answer
_SHARED: Final = 2  # of them with a matter that is explained
_MOST_EXPLAINED: Final = 3
_LONGEST_QUESTION: Final = 14  # words
_MOST: Final = 6
_CONSIDERED: Final = 40  # of a call so long that its newest deeds say enough
_MOST_OFFERS: Final = 2


class _Deed(msgspec.Struct, frozen=True, kw_only=True):
    text: str
    at_ms: int
    weight: int  # the lighter goes first where there are too many
    evidence: Evidence | None = None


def done_lines(
    state: CallState,
    promised: tuple[FollowUp, ...],
    clauses: Sequence[Spoken],
    found: Sequence[Matter] = (),
) -> list[SummaryLine]:
    """What was done, oldest first; one line that says so where nothing was.

    What was promised for later is told as a follow-up and not here again. `found`: what the
    customer called about; what the agent says of it is told too.
    """
    later = {(p.evidence.utterance_id, p.evidence.quote) for p in promised if p.evidence}
    said = list(islice(_said(state, later, clauses), _CONSIDERED))[::-1]
    deeds = [*said, *_identity(state), *_used(state), *_explained(clauses, later, found)]
    once = _once(_weightiest(deeds, _CONSIDERED))
    kept = _weightiest([*once, *_ticked(state, once)], _MOST)
    return [
        SummaryLine(section="done", text=deed.text, evidence=deed.evidence) for deed in kept
    ] or [SummaryLine(section="done", text="No action was heard on the call.")]


def _once(deeds: list[_Deed]) -> list[_Deed]:
    """A deed that two ways tell, told by the first: a step ticked by words is those words."""
    kept: list[_Deed] = []
    for deed in sorted(deeds, key=lambda deed: -deed.weight):
        words = set(content_words(deed.text))
        is_known = any(
            deed.text == other.text
            or _overlap(deed.evidence, other.evidence)
            or (words and words <= set(content_words(other.text)))
            for other in kept
        )
        if not is_known:
            kept.append(deed)
    return kept


def _overlap(one: Evidence | None, other: Evidence | None) -> bool:
    if one is None or other is None or one.utterance_id is None:
        return False
    is_same_turn = one.utterance_id == other.utterance_id
    return is_same_turn and (one.quote in other.quote or other.quote in one.quote)


def _weightiest(deeds: list[_Deed], most: int) -> list[_Deed]:
    heavy = sorted(deeds, key=lambda deed: (-deed.weight, -deed.at_ms))[:most]
    return sorted(heavy, key=lambda deed: deed.at_ms)


def _ticked(state: CallState, told: Sequence[_Deed]) -> list[_Deed]:
    """The steps of checklists that were done, in one line; not those told in the agent's words."""
    ticks = [
        tick
        for tick in state.ticks
        if tick.is_done
        and not any(_overlap(heard, deed.evidence) for heard in tick.evidence for deed in told)
    ]
    if not ticks:
        return []
    heard = next((tick.evidence[0] for tick in ticks if tick.evidence), None)
    steps = "; ".join(_inside(tick.item) for tick in ticks)
    at_ms = heard.start_ms if heard and heard.start_ms is not None else state.audio_ms
    return [_Deed(text=f"Checklist: {_stop(steps)}", at_ms=at_ms, weight=5, evidence=heard)]


def _used(state: CallState) -> Iterator[_Deed]:
    """Actions that ran and cards that were used; a card whose action ran is told by that."""
    runs = {run.started.suggestion_id: run for run in state.actions if not run.started.undoes}
    for card in state.cards:
        suggestion = card.suggestion
        run = runs.get(suggestion.suggestion_id)
        if run is None and card.status is not CardStatus.USED:
            continue
        why = suggestion.evidence[0] if suggestion.evidence else None
        text = f"Used: {suggestion.title}" if run is None else _ran(run)
        weight = 3 if run is None else 6
        yield _Deed(text=_stop(text), at_ms=card.made_ms, weight=weight, evidence=why)


def _ran(run: ActionRun) -> str:
    """What became of an action, with what the other system said, such as a ticket's number."""
    label = run.started.label
    match run.status:
        case ActionStatus.DONE:
            said = run.outcome.text if isinstance(run.outcome, ActionDone) else ""
            return f"Done: {label} ({said})" if said else f"Done: {label}"
        case ActionStatus.FAILED:
            return f"Not done, it failed: {label}"
        case ActionStatus.UNDONE:
            return f"Done and taken back: {label}"
        case ActionStatus.RUNNING | ActionStatus.UNKNOWN:
            return f"To be checked in the other system: {label}"


def _identity(state: CallState) -> Iterator[_Deed]:
    """That identity was checked: asked for, and something came in answer; a step may tell it."""
    if any(tick.is_done and "identity" in tick.item.lower() for tick in state.ticks):
        return
    for place, turn in enumerate(state.utterances[:-1]):
        asked = next((r for r in turn.behaviours if r.behaviour == "identity-check"), None)
        is_about = _WHO.search(turn.final.text) is not None
        if asked is not None and is_about and asked.probability >= 0.5:
            answered = state.utterances[place + 1 : place + 3]
            if any(other.role is not turn.role for other in answered):
                why = asked.evidence[0] if asked.evidence else None
                start_ms = turn.final.start_ms
                text = "Asked the customer to confirm their identity."
                yield _Deed(text=text, at_ms=start_ms, weight=1, evidence=why)
                return


def _explained(
    clauses: Sequence[Spoken], later: Set[tuple[UtteranceId | None, str]], found: Sequence[Matter]
) -> list[_Deed]:
    """What the agent answered, and what they said of the customer's matters, oldest first.

    A question stays open while the agent only asks back; a promise answers it too.
    """
    wanted = [frozenset(content_words(matter.words)) for matter in found]
    told: list[_Deed] = []
    question, asked_of = "", None
    for spoken in clauses:
        if len(told) == _MOST_EXPLAINED:
            break
        clause = spoken.clause
        if spoken.asked and asked_of != clause.final.utterance_id:
            asked_of = clause.final.utterance_id
            question = _wanted(spoken.asked) or question
        if (clause.final.utterance_id, clause.text) in later:
            question = ""
            continue
        text = _THANKS.sub("", clause.text)
        words = frozenset(content_words(text))
        if len(words) < _TELLING or asks(text) or _COURTESY.search(text) or not says_words(text):
            continue
        if question:
            asked = quoted(question, longest=_LONGEST_QUESTION)
            told.append(_deed(clause, f"Answered {asked}: {as_sentence(text)}", weight=2))
            question = ""
        elif any(len(words & matter) >= _SHARED for matter in wanted):
            told.append(_deed(clause, f"Explained: {as_sentence(text)}", weight=1))
    return told


def _wanted(said: str) -> str:
    """What a customer's turn asks for, where it is about more than the call itself."""
    question = question_in(said)
    if not question and (request := _REQUEST.search(said)):
        question = said[request.start() :]
    is_idle = ABOUT_THE_CALL.search(question) or _COURTESY.search(question)
    return "" if is_idle or not is_need(question) else question


def _said(
    state: CallState, later: Set[tuple[UtteranceId | None, str]], clauses: Sequence[Spoken]
) -> Iterator[_Deed]:
    """What the agent's words say was done, found or offered, newest first."""
    answers = customer_utterances(state)
    offers = 0
    for spoken in reversed(clauses):
        clause = spoken.clause
        if (clause.final.utterance_id, clause.text) in later:
            continue
        is_sure = _NOT_DONE.search(clause.text) is None
        if is_sure and (_COMPLETED.search(clause.text) or _DOING.search(clause.text)):
            yield _deed(clause, as_sentence(clause.text), weight=4)
        elif is_sure and _WILL.search(clause.text):
            yield _deed(clause, as_sentence(clause.text), weight=3)
        elif is_sure and _DO_THAT.search(clause.text) and (asked := question_in(spoken.asked)):
            text = f"Agreed to {quoted(asked, longest=_LONGEST_QUESTION)}"
            yield _deed(clause, f"{text}: {as_sentence(clause.text)}", weight=3)
        elif _OFFER.search(clause.text) and offers < _MOST_OFFERS:
            offers += 1
            is_agreed = _is_agreed(answers, clause)
            text = f"{'Agreed' if is_agreed else 'Offered'}: {as_sentence(clause.text)}"
            yield _deed(clause, text, weight=3 if is_agreed else 2)
        elif seen := _seen(clause.text):
            yield _deed(clause, f"Found: {as_sentence(seen)}", weight=2)


def _seen(text: str) -> str:
    """What the agent found, of a clause that says so; empty where it does not."""
    found = _FOUND.search(text)
    seen = _I_SEE.sub("", text[found.start() :]) if found else ""
    return seen if len(content_words(seen)) >= _TELLING else ""


def _deed(clause: Clause, text: str, *, weight: int) -> _Deed:
    evidence = clause.evidence
    return _Deed(text=text, at_ms=evidence.start_ms or 0, weight=weight, evidence=evidence)


def _is_agreed(answers: tuple[Utterance, ...], clause: Clause) -> bool:
    """Whether the customer's next turn takes an offer."""
    place = bisect_left(answers, clause.final.start_ms, key=lambda turn: turn.final.start_ms)
    if place == len(answers):
        return False
    answer = answers[place]
    text = answer.final.text
    agreed = _ACCEPTED.search(text)
    return agreed is not None and _REFUSED.search(text[: agreed.start()]) is None


def _stop(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _inside(step: str) -> str:
    """A step as a part of a sentence: "Check identity" but not "ID" begins small."""
    text = step.strip().rstrip(".")
    return text if text[1:2].isupper() else f"{text[:1].lower()}{text[1:]}"
