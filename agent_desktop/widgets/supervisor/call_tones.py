"""Which tone says what on the wall."""

from agent_desktop.theme import Tone
from agent_desktop.view_models.call_risk import LOW_MOOD, RiskWord
from agent_desktop.view_models.call_row import CallRow
from agent_desktop.view_models.compliance_model import Standing


def mood_tone(mood: float) -> Tone:
    """The tone of a mood, -1 to 1."""
    if mood <= LOW_MOOD:
        return Tone.NEGATIVE
    return Tone.POSITIVE if mood >= -LOW_MOOD else Tone.NEUTRAL


def risk_tone(word: RiskWord) -> Tone:
    """The tone of a risk."""
    return {
        RiskWord.HIGH: Tone.NEGATIVE,
        RiskWord.MEDIUM: Tone.WARNING,
        RiskWord.LOW: Tone.POSITIVE,
    }[word]


def rules_tone(row: CallRow) -> Tone:
    """The tone of how a call stands with its rules: only what was not met stands out."""
    is_missed = any(line.standing is Standing.BREACHED for line in row.rules)
    return Tone.WARNING if is_missed else Tone.NEUTRAL


def need_tone(row: CallRow) -> Tone:
    """The tone of a call that needs the supervisor."""
    return Tone.NEGATIVE if row.risk.word is RiskWord.HIGH else Tone.WARNING
