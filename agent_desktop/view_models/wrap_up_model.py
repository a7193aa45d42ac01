"""The wrap-up as fields to edit, and back: lines left alone keep their evidence."""

from collections.abc import Mapping, Sequence

from agent_desktop.translation import tr
from assist_engine.call.selectors import follow_up_line
from assist_engine.contract.values import FollowUp, SummaryLine, WrapUp

SECTIONS = ("reason", "done", "outcome", "mood")
EMPTY = WrapUp(lines=(), disposition="")


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


def edited(
    drafted: WrapUp,
    *,
    sections: Mapping[str, str],
    disposition: str,
    outcome: str,
    follow_ups: Sequence[str],
    note: str,
) -> WrapUp:
    """The wrap-up with what a person changed; blank lines and follow-ups are left out."""
    kept = {follow_up_line(follow_up): follow_up for follow_up in drafted.follow_ups}
    wanted = [text.strip() for text in follow_ups if text.strip()]
    is_same = disposition.strip() == drafted.disposition
    return WrapUp(
        lines=tuple(_lines(drafted, sections)),
        disposition=disposition.strip(),
        disposition_probability=drafted.disposition_probability if is_same else 1.0,
        outcome=outcome.strip(),
        follow_ups=tuple(kept.get(text, FollowUp(text=text)) for text in wanted),
        note=note.strip(),
    )


def _lines(drafted: WrapUp, sections: Mapping[str, str]) -> list[SummaryLine]:
    known = {(line.section, line.text): line for line in drafted.lines}
    return [
        known.get((section, text), SummaryLine(section=section, text=text))
        for section, block in sections.items()
        for text in (line.strip() for line in block.splitlines())
        if text
    ]
