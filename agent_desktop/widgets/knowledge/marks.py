"""Which tone says what in the knowledge view."""

from agent_desktop.theme import Tone
from agent_desktop.view_models.note import Mark

MARK_TONES = {
    Mark.QUIET: Tone.NEUTRAL,
    Mark.NEWS: Tone.ACCENT,
    Mark.GOOD: Tone.POSITIVE,
    Mark.CARE: Tone.WARNING,
    Mark.BAD: Tone.NEGATIVE,
}
