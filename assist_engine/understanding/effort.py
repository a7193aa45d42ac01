"""How hard a customer has had to work: counted evidence, no impression.

What makes effort is what customers report of hard service: they contact repeatedly, are
transferred, explain again, wait, and switch from self-service to the phone (Dixon, Freeman and
Toman, "Stop Trying to Delight Your Customers", Harvard Business Review, July 2010). It is read
from their words and from the timeline; both give evidence.

Of each kind the first piece of evidence has the weight w of the kind, the second w/2, the third
w/4 and so on, and effort = 1 - product of (1 - weight) over all pieces: it starts at 0, only
rises, each further piece adds less, and 1 is never reached. The weights are a judgement, not a
measurement.
"""

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Final

from assist_engine.call.state import CallState
from assist_engine.contract.events import EffortRead, Event, UtteranceFinal
from assist_engine.contract.values import ContactChannel, Evidence, Role
from assist_engine.understanding.service_drivers import REPEATS
from assist_engine.understanding.signal import Observation, quote

_DAY_MS: Final = 86_400_000
_RECENT_MS: Final = 30 * _DAY_MS
_CONTACTS: Final = frozenset(ContactChannel) - {ContactChannel.ORDER, ContactChannel.NOTE}


class Effort(StrEnum):
    """A kind of work that a customer had."""

    REPEAT = "repeat"  # contacted before about the same
    TRANSFER = "transfer"
    AGAIN = "again"  # had to explain once more
    WAIT = "wait"
    SELF_SERVICE = "self-service"  # tried it alone first
    CHANNELS = "channels"  # had to use another contact channel
    OPEN = "open"  # the company still owes an answer
    HANDOFF = "handoff"  # came from an assistant that did not solve it


_WEIGHTS: Final = {
    Effort.REPEAT: 0.30,
    Effort.TRANSFER: 0.25,
    Effort.AGAIN: 0.20,
    Effort.WAIT: 0.20,
    Effort.SELF_SERVICE: 0.15,
    Effort.CHANNELS: 0.15,
    Effort.OPEN: 0.10,
    Effort.HANDOFF: 0.15,
}
_TIME: Final = (
    r"(?:minutes|hours?|half an hour|days|weeks?|months?|ages|forever|ever|so long|too long|"
    r"all day)"
)
_SAID: Final = {
    kind: re.compile(rf"\b(?:{'|'.join(patterns)})\b")
    for kind, patterns in {
        Effort.AGAIN: (
            r"(?:explain|repeat|tell|say|go through) (?:\w+ ){0,3}(?:again|every time|all over)",
            r"(?:repeat|repeating) myself|same (?:story|thing) (?:again|over and over|every time)",
            r"start(?:ing)? (?:all )?over|(?:already|just) (?:told|explained|gave|given|said)",
        ),
        Effort.TRANSFER: (
            r"(?:passed|sent|bounced|pushed|shuffled|transferred) (?:me )?(?:around|back and forth|"
            r"from \w+(?: \w+)? to|on to|over to)|(?:been|was|got|keep getting|being) (?:\w+ )?"
            r"(?:transferred|passed on|redirected|put through)",
            r"(?:different|wrong) department|(?:two|three|four|five|several) different people",
            r"(?:run|running|got) (?:me )?(?:the )?(?:run ?around|in circles)",
        ),
        Effort.WAIT: (
            rf"(?:wait(?:ed|ing)?|on hold|in (?:the|your) queue|in line)(?: \w+){{0,3}}? {_TIME}",
            rf"(?:takes|took|taken|taking) (?:me |you )?(?:\w+ )?{_TIME}",
            r"still (?:waiting|has not arrived|hasn't arrived|not here|nothing)",
        ),
        Effort.SELF_SERVICE: (
            r"(?:tried|used|checked|looked|searched|been|went|did it|tried it) (?:\w+ ){0,4}?"
            r"(?:website|web site|app|online|portal|internet|faq|help page|chat ?bot|assistant)",
            r"(?:website|app|chat ?bot|portal|assistant|recording) (?:said|says|told|tells|"
            r"(?:did not|didn't|does not|doesn't|won't|will not|would not) (?:work|help|let))",
            r"already (?:restarted|reset|rebooted|tried|checked|unplugged)",
        ),
        Effort.CHANNELS: (
            r"(?:e ?mailed|wrote|texted|chatted|messaged|went to (?:the|a|your) (?:branch|store|"
            r"shop))(?: \w+){0,6}? (?:call(?:ed|ing)?|phoned|nobody|no one|no (?:reply|answer))",
            r"(?:no|never|without)(?: \w+){0,2} (?:reply|answer|response) to (?:my|the) "
            r"(?:e ?mails?|letters?|messages?)",
        ),
    }.items()
} | {Effort.REPEAT: REPEATS}
_FROM_TIMELINE: Final = {
    Effort.REPEAT: re.compile(r"Contact \d+ in 30 days about "),
    Effort.CHANNELS: re.compile(r"By [\w, ]+ about "),
    Effort.OPEN: re.compile(r"Still open: "),
    Effort.HANDOFF: re.compile(r"Not solved by "),
}
_MOST_OF_TIMELINE: Final = 6


class EffortSignal:
    """Counts what customers say they had to do, and what the timeline holds."""

    name = "effort"
    reads = Role.CUSTOMER

    def observe(self, observation: Observation, state: CallState) -> Sequence[Event]:
        """One `EffortRead` where the utterance, or a timeline not counted yet, adds evidence."""
        if observation.role is not Role.CUSTOMER:
            return ()
        known = state.effort.evidence if state.effort else ()
        quotes = {evidence.quote for evidence in known if evidence.utterance_id is None}
        new = [e for e in timeline_evidence(state) if e.quote not in quotes]
        new += [evidence for _, evidence in said_evidence(observation.final)]
        if not new:
            return ()
        evidence = (*known, *new)
        effort = max(state.effort.effort if state.effort else 0.0, effort_of(evidence))
        read = EffortRead(
            utterance_id=observation.final.utterance_id,
            effort=round(effort, 3),
            evidence=evidence,
        )
        return (read,)


def effort_of(evidence: Sequence[Evidence]) -> float:
    """The effort (0 to 1) that pieces of evidence make together."""
    left, weights = 1.0, dict(_WEIGHTS)
    for piece in evidence:
        kind = kind_of(piece)
        left *= 1.0 - weights[kind]
        weights[kind] /= 2.0
    return 1.0 - left


def kind_of(evidence: Evidence) -> Effort:
    """Which kind of work a piece of our own evidence tells of."""
    if evidence.utterance_id is None:
        kinds = (kind for kind, text in _FROM_TIMELINE.items() if text.match(evidence.quote))
    else:
        lowered = evidence.quote.lower()
        kinds = (kind for kind, said in _SAID.items() if said.search(lowered))
    return next(kinds, Effort.OPEN)


def said_evidence(final: UtteranceFinal) -> Iterator[tuple[Effort, Evidence]]:
    """Each kind of work that the words tell of, once."""
    lowered = final.text.lower()
    for kind, said in _SAID.items():
        match = said.search(lowered)
        if match:
            yield kind, quote(final, match.start(), match.end())


def timeline_evidence(state: CallState) -> list[Evidence]:
    """What the last 30 days say: contacts about one matter, by how many channels, what is open."""
    recent = [e for e in state.timeline if 0 <= state.offered_at_ms - e.at_ms <= _RECENT_MS]
    facts: list[str] = []
    for reference in dict.fromkeys(entry.reference for entry in recent if entry.reference):
        about = [e for e in recent if e.reference == reference and e.contact_channel in _CONTACTS]
        if about:
            facts.append(f"Contact {len(about) + 1} in 30 days about {reference}")
        channels = list(dict.fromkeys(entry.contact_channel.value for entry in about))
        if len(channels) > 1:
            facts.append(f"By {', '.join(channels)} about {reference}")
    facts += [f"Still open: {entry.title}" for entry in recent if entry.is_open]
    if state.handoff is not None:
        facts.append(f"Not solved by {state.handoff.source}")
    return [Evidence(quote=fact) for fact in facts[:_MOST_OF_TIMELINE]]
