"""How sparing coaching is: thresholds, cool-down and cap of each hint, and how they are read.

Hints rest on times, behaviours and words. There is no threshold on what an agent feels, and
nothing that could measure it.
"""

from typing import Annotated, Any, Final, TypeAlias

import msgspec
import yaml

from assist_engine.guidance.rule_yaml import RuleReader, compose

Share: TypeAlias = Annotated[float, msgspec.Meta(ge=0, le=1)]
Seconds: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=3_600)]


class HintLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What every hint has; times are seconds of audio."""

    is_on: bool = True
    is_important: bool = False  # shown in the standard mode too; others in *guide me* only
    cooldown_s: Seconds = 180  # no second hint of the kind sooner
    cap: Annotated[int, msgspec.Meta(ge=1, le=20)] = 1  # hints of the kind on one call


class AcknowledgeHint(HintLimits, frozen=True, kw_only=True):
    """A negative turn of the customer is, or was, answered without a word about it."""

    is_important: bool = True
    cooldown_s: Seconds = 60
    cap: Annotated[int, msgspec.Meta(ge=1, le=20)] = 2
    minimum_probability: Share = 0.8  # of the negative mood or the emotion
    recent_s: Seconds = 30  # an acknowledgement so long before the turn still counts
    ahead_after_s: Seconds = 2  # of silence after the turn; in *guide me* at once


class TalkShareHint(HintLimits, frozen=True, kw_only=True):
    """The agent has talked most of the time."""

    is_important: bool = True
    share: Share = 0.8
    window_s: Seconds = 120
    least_talk_s: Seconds = 60  # talk of both in the window


class DeadAirHint(HintLimits, frozen=True, kw_only=True):
    """Nobody talks, and nobody said why."""

    is_important: bool = True
    cooldown_s: Seconds = 60
    cap: Annotated[int, msgspec.Meta(ge=1, le=20)] = 2
    silent_s: Seconds = 8
    announced_s: Seconds = 45  # as long where the agent asked for patience


class PaceHint(HintLimits, frozen=True, kw_only=True):
    """The agent talks far faster than the customer."""

    ratio: Annotated[float, msgspec.Meta(ge=1, le=5)] = 1.4  # agent's pace to customer's
    least_wpm: Annotated[int, msgspec.Meta(ge=60, le=400)] = 170  # words a minute
    window_s: Seconds = 120
    least_talk_s: Seconds = 15  # of each of the two


class InterruptionsHint(HintLimits, frozen=True, kw_only=True):
    """The agent has begun to talk while the customer was talking."""

    is_important: bool = True
    interruptions: Annotated[int, msgspec.Meta(ge=1, le=50)] = 2
    window_s: Seconds = 120


class Coaching(msgspec.Struct, frozen=True, kw_only=True):
    """All hints there are."""

    acknowledge: AcknowledgeHint = AcknowledgeHint()
    talk_share: TalkShareHint = TalkShareHint()
    dead_air: DeadAirHint = DeadAirHint()
    pace: PaceHint = PaceHint()
    interruptions: InterruptionsHint = InterruptionsHint()


_HINTS: Final[dict[str, type[HintLimits]]] = {
    field.name: field.type for field in msgspec.structs.fields(Coaching)
}


def read_coaching(text: str, *, source: str) -> Coaching:
    """Read a YAML file of hints by name; what it leaves out keeps its default.

    Raises `BadInput` with file and line.
    """
    root = compose(text, source=source)
    if root is None:
        return Coaching()
    reader = RuleReader(source)
    hints: dict[str, Any] = {}
    for name, node in reader.fields(root, "the file", accepted=frozenset(_HINTS)).items():
        hint = _HINTS[name]
        kinds = {field.name: field.type for field in msgspec.structs.fields(hint)}
        values: dict[str, Any] = {}
        for field, value in reader.fields(node, name, accepted=frozenset(kinds)).items():
            try:
                values[field] = msgspec.convert(reader.scalar(value, field), kinds[field])
            except msgspec.ValidationError as error:
                raise reader.wrong(value, f"{name}.{field}: {error}") from error
        hints[name] = hint(**values)
        _check_window(reader, hints[name], node)
    return Coaching(**hints)


def _check_window(reader: RuleReader, hint: HintLimits, node: yaml.Node) -> None:
    """Refuse more talk than a window holds: the hint would never come."""
    if isinstance(hint, TalkShareHint | PaceHint) and hint.least_talk_s > hint.window_s:
        told = f"least_talk_s {hint.least_talk_s} is more than window_s {hint.window_s} holds"
        raise reader.wrong(node, told)
