"""The wrap-up as fields to edit, and back: what was left alone keeps its evidence."""

from collections.abc import Mapping, Sequence

import msgspec
from msgspec.structs import replace

from agent_desktop.translation import tr
from agent_desktop.view_models.clock_words import clock_text
from assist_engine.call.selectors import follow_up_line
from assist_engine.contract.ids import UtteranceId
from assist_engine.contract.values import FollowUp, SummaryLine, WrapUp

SECTIONS = ("reason", "done", "outcome", "mood")
EMPTY = WrapUp(lines=(), disposition="")
MOST_DISPOSITIONS = 5


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """Where in the call a line of the summary comes from."""

    time: str
    line: str
    utterance_id: UtteranceId


class FollowUpEdit(msgspec.Struct, frozen=True, kw_only=True):
    """A promise as a person may change it; `due_on` is a calendar day (ISO 8601) or empty."""

    text: str
    due_on: str = ""


def section_name(section: str) -> str:
    """A section of the summary in the person's language."""
    names = {
        "reason": tr("Why they called"),
        "done": tr("What was done"),
        "outcome": tr("How it ended"),
        "mood": tr("Mood"),
    }
    return names.get(section, section.capitalize())


def section_texts(wrap_up: WrapUp) -> dict[str, str]:
    """The text of each section, one line a sentence; the known sections always, in order."""
    texts: dict[str, list[str]] = {section: [] for section in SECTIONS}
    for line in wrap_up.lines:
        texts.setdefault(line.section, []).append(line.text)
    return {section: "\n".join(lines) for section, lines in texts.items()}


def section_moments(wrap_up: WrapUp, section: str) -> tuple[Moment, ...]:
    """The places in the call that a section rests on, each once, by time."""
    moments: dict[UtteranceId, Moment] = {}
    for line in wrap_up.lines:
        said = line.evidence
        if line.section == section and said and said.utterance_id and said.start_ms is not None:
            time = clock_text(said.start_ms)
            moment = Moment(time=time, line=line.text, utterance_id=said.utterance_id)
            moments.setdefault(said.utterance_id, moment)
    return tuple(sorted(moments.values(), key=lambda moment: moment.time))


def follow_up_edit(follow_up: FollowUp) -> FollowUpEdit:
    """A promise to edit: the day apart from the words."""
    line = follow_up_line(replace(follow_up, due_on=""))
    return FollowUpEdit(text=line, due_on=follow_up.due_on)


def edited(
    drafted: WrapUp,
    *,
    sections: Mapping[str, str],
    disposition: str,
    outcome: str,
    follow_ups: Sequence[FollowUpEdit],
    note: str,
    fields: Sequence[str] | None = None,
) -> WrapUp:
    """The wrap-up with what a person changed; blank lines, fields and follow-ups are left out.

    `fields` has a value for each field of the draft, in its order; None: they are as drafted.
    """
    values = [field.value for field in drafted.fields] if fields is None else fields
    is_same = disposition.strip() == drafted.disposition
    return replace(
        drafted,
        lines=tuple(_lines(drafted, sections)),
        disposition=disposition.strip(),
        disposition_probability=drafted.disposition_probability if is_same else 1.0,
        outcome=outcome.strip(),
        follow_ups=tuple(_follow_ups(drafted, follow_ups)),
        note=note.strip(),
        fields=tuple(
            replace(field, value=value.strip())
            for field, value in zip(drafted.fields, values, strict=True)
            if value.strip()
        ),
    )


def _follow_ups(drafted: WrapUp, wanted: Sequence[FollowUpEdit]) -> list[FollowUp]:
    known = {follow_up_edit(follow_up).text: follow_up for follow_up in drafted.follow_ups}
    return [
        replace(known.get(text, FollowUp(text=text)), due_on=edit.due_on)
        for edit in wanted
        if (text := edit.text.strip())
    ]


def _lines(drafted: WrapUp, sections: Mapping[str, str]) -> list[SummaryLine]:
    known = {(line.section, line.text): line for line in drafted.lines}
    return [
        known.get((section, text), SummaryLine(section=section, text=text))
        for section, block in sections.items()
        for text in (line.strip() for line in block.splitlines())
        if text
    ]
