"""What a source of sound is, and what it says when it ends."""

from collections.abc import Callable
from typing import Final, Protocol, TypeAlias

import msgspec

from assist_engine.contract.commands import ChannelFormat
from assist_engine.contract.values import Role

CUSTOMER_CHANNEL: Final = 0
AGENT_CHANNEL: Final = 1
BLOCK_MS: Final = 100

Send: TypeAlias = Callable[[int, int, bytes], object]
"""Takes (channel, start_sample, 16-bit little-endian mono PCM); must not wait."""


class SoundEnded(msgspec.Struct, frozen=True, kw_only=True):
    """A source has nothing more to send. `problem` says what went wrong, empty: nothing."""

    problem: str = ""


class SoundSource(Protocol):
    """Sends blocks of 100 ms of both channels from a thread of its own."""

    sample_rate_hz: int

    @property
    def position_ms(self) -> int:
        """How much has sounded so far, ms from the start of the call."""
        ...

    def start(self) -> None:
        """Begin."""
        ...

    def stop(self) -> None:
        """End soon; does not wait."""
        ...

    def wait(self) -> None:
        """Wait until its threads ended."""
        ...


def channel_formats(sample_rate_hz: int) -> tuple[ChannelFormat, ...]:
    """How a source's two channels are announced to the engine."""
    return (
        ChannelFormat(channel=CUSTOMER_CHANNEL, role=Role.CUSTOMER, sample_rate_hz=sample_rate_hz),
        ChannelFormat(channel=AGENT_CHANNEL, role=Role.AGENT, sample_rate_hz=sample_rate_hz),
    )
