"""How a person starts a call from the desktop."""

from typing import TypeAlias

import msgspec


class StartDemoCall(msgspec.Struct, frozen=True, kw_only=True):
    """Play a recorded demo call; `number` is 1 to 3."""

    number: int


class StartMicrophoneCall(msgspec.Struct, frozen=True, kw_only=True):
    """Hear the microphone (agent) and the sound of this computer (customer)."""


StartRequest: TypeAlias = StartDemoCall | StartMicrophoneCall
