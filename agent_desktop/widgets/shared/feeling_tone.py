"""The tone in which a feeling is shown."""

from agent_desktop.theme import Tone
from agent_desktop.view_models.mood_model import Feeling

TONES = {
    Feeling.GOOD: Tone.POSITIVE,
    Feeling.CARE: Tone.WARNING,
    Feeling.BAD: Tone.NEGATIVE,
    Feeling.EVEN: Tone.NEUTRAL,
}
NOTICE_TONES = TONES | {Feeling.EVEN: Tone.ACCENT}
