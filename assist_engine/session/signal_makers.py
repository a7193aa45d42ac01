"""Makes the engine's signals, our own and those of other packages, by their entry points."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from assist_engine.errors import BadInput
from assist_engine.inference.emotion_heads import EmotionHeads
from assist_engine.inference.emotion_model import SHIPPED_HEADS
from assist_engine.plugins import SIGNALS, load_parts
from assist_engine.session.filed_intents import FiledIntents
from assist_engine.session.rule_files import RuleFiles
from assist_engine.settings import RESOURCES
from assist_engine.understanding.behaviours import BehaviourSignal, behaviour_exemplars
from assist_engine.understanding.drivers import DriverSignal, PromiseSignal, driver_exemplars
from assist_engine.understanding.effort import EffortSignal
from assist_engine.understanding.emotion import EmotionSignal
from assist_engine.understanding.exemplars import Meaning, MeaningHead
from assist_engine.understanding.sentiment import SentimentSignal
from assist_engine.understanding.signal import Signal, SignalMaker, SignalTools

_DRIVER_HEAD: Final = RESOURCES / "models" / "heads" / "drivers.npz"


def make_signals(tools: SignalTools) -> list[Signal]:
    """All signals installed, by name; takes a second. Raises `PluginBroken`, `BadInput`."""
    makers: dict[str, SignalMaker] = load_parts(SIGNALS)
    return [signal for maker in makers.values() if (signal := maker(tools)) is not None]


def files_of(signals: Sequence[Signal]) -> list[RuleFiles[Any]]:
    """The organisation's files that signals read."""
    return [signal.files for signal in signals if isinstance(signal, FiledIntents)]


def sentiment(tools: SignalTools) -> Signal:
    """How customers' utterances read."""
    return SentimentSignal(EmotionHeads.load(SHIPPED_HEADS).said_from)


def emotion(tools: SignalTools) -> Signal:
    """What customers feel."""
    heads = EmotionHeads.load(SHIPPED_HEADS)
    return EmotionSignal(heads.said_from, carrying=heads.carrying)


def drivers(tools: SignalTools) -> Signal:
    """What makes a call urgent, by words and by meaning."""
    return DriverSignal(_driver_meaning(tools))


def promises(tools: SignalTools) -> Signal:
    """What agents promise."""
    return PromiseSignal()


def effort(tools: SignalTools) -> Signal:
    """How hard customers have had to work."""
    return EffortSignal()


def behaviours(tools: SignalTools) -> Signal:
    """What agents do: greet, acknowledge, check identity."""
    return BehaviourSignal(behaviour_exemplars(tools.embed))


def intents(tools: SignalTools) -> Signal:
    """What customers want, by the organisation's examples or a folder of trained intents."""
    return FiledIntents(tools.intents, embed=tools.embed, model=tools.embedding_model)


def _driver_meaning(tools: SignalTools) -> Meaning:
    """The trained head where it is for the model in use; else the examples themselves."""
    try:
        with np.load(_DRIVER_HEAD, allow_pickle=False) as arrays:
            head = MeaningHead.from_arrays(dict(arrays))
    except (OSError, KeyError, ValueError) as error:
        raise BadInput(f"the head {_DRIVER_HEAD} cannot be used: {error}") from error
    return head if head.model == tools.embedding_model else driver_exemplars(tools.embed)
