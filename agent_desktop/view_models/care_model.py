"""What an agent should keep in mind of the customer on this call, calmly, with the words for it.

Two things: that the customer has had to work to get here, and that life is hard for them now.
"""

import msgspec

from agent_desktop.translation import tr
from agent_desktop.view_models.driver_words import VULNERABILITY, vulnerability_name
from agent_desktop.view_models.marked_words import readable
from assist_engine.call.state import CallState
from assist_engine.contract.events import DriverRead, EffortRead
from assist_engine.contract.ids import UtteranceId
from assist_engine.contract.values import Evidence

SOME, HIGH = 0.25, 0.6  # effort, 0 to 1
MOST_NAMED = 3  # in the summary; a click shows all


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """Words of the call, or a fact without a place in it."""

    text: str
    utterance_id: UtteranceId | None = None


class CareNote(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to keep in mind. `summary` is short enough for a line."""

    title: str
    summary: str
    proofs: tuple[Proof, ...]


def care_notes(state: CallState) -> tuple[CareNote, ...]:
    """What to keep in mind now; nothing where there is nothing."""
    notes = [_vulnerable(reads) for reads in _by_label(state).values()]
    if state.effort is not None and state.effort.effort >= SOME and state.effort.evidence:
        notes.append(_effort(state.effort))
    return tuple(notes)


def effort_words(state: CallState) -> str:
    """How hard the customer has had to work, as a word; empty where it was no work."""
    effort = state.effort.effort if state.effort else 0.0
    if effort < SOME:
        return ""
    return tr("effort: high") if effort >= HIGH else tr("effort: some")


def _by_label(state: CallState) -> dict[str, list[DriverRead]]:
    found: dict[str, list[DriverRead]] = {}
    for utterance in state.utterances:
        for read in utterance.drivers:
            if read.driver == VULNERABILITY:
                found.setdefault(read.label, []).append(read)
    return found


def _vulnerable(reads: list[DriverRead]) -> CareNote:
    proofs = [_proof(evidence) for read in reads for evidence in read.evidence]
    return CareNote(
        title=tr("Vulnerable customer: {what}", what=vulnerability_name(reads[0])),
        summary=proofs[-1].text if proofs else "",
        proofs=tuple(proofs),
    )


def _effort(effort: EffortRead) -> CareNote:
    proofs = tuple(_proof(evidence) for evidence in effort.evidence)
    is_high = effort.effort >= HIGH
    return CareNote(
        title=tr("Has had to work hard") if is_high else tr("Has had to work"),
        summary=", ".join(proof.text for proof in proofs[-MOST_NAMED:]),
        proofs=proofs,
    )


def _proof(evidence: Evidence) -> Proof:
    said = readable(evidence.quote)
    text = f"“{said}”" if evidence.utterance_id is not None else said
    return Proof(text=text, utterance_id=evidence.utterance_id)
