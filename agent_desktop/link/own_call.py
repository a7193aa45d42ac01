"""The call whose audio this desktop sends: how far it is, and the audio kept for it."""

from agent_desktop.link.kept_audio import KeptAudio
from assist_engine.contract.commands import OpenCall
from assist_engine.contract.wire import AudioFrame, encode_audio


class OwnCall:
    """Held by the conversation under its lock. `ref` numbers its opening."""

    def __init__(self, opening: OpenCall, *, ref: int, kept_ms: int) -> None:
        self.opening = opening
        self.ref = ref
        self.is_opened = False
        self.is_ending = False
        self.is_released = False
        self.is_paused = False
        self.audio = {
            channel.channel: KeptAudio(sample_rate_hz=channel.sample_rate_hz, kept_ms=kept_ms)
            for channel in opening.channels
        }
        self.sequences = dict.fromkeys(self.audio, 0)

    @property
    def unsent_ms(self) -> int:
        """Audio that waits, of the channel where most waits."""
        return max((kept.unsent_ms for kept in self.audio.values()), default=0)

    def opened(self, resume_from_ms: dict[int, int]) -> None:
        """The engine hears it, each channel from a position on."""
        self.is_opened = True
        for channel, from_ms in resume_from_ms.items():
            if channel in self.audio:
                self.audio[channel].rewind(from_ms)

    def keep(self, channel: int, *, start_sample: int, pcm: bytes) -> None:
        """Take in a block; while paused silence stands in for it."""
        if not (self.is_ending or self.is_released) and channel in self.audio:
            self.audio[channel].keep(start_sample, bytes(len(pcm)) if self.is_paused else pcm)

    def take_audio(self, limit: int) -> list[bytes]:
        """Encoded messages, each with a frame of every channel that has one."""
        messages: list[bytes] = []
        while len(messages) < limit:
            taken = (self._take_frame(channel) for channel in self.audio)
            frames = [frame for frame in taken if frame]
            if not frames:
                break
            messages.append(encode_audio(*frames))
        return messages

    def _take_frame(self, channel: int) -> AudioFrame | None:
        block = self.audio[channel].take()
        if block is None:
            return None
        sequence = self.sequences[channel]
        self.sequences[channel] += 1
        return AudioFrame(
            channel=channel, sequence=sequence, start_sample=block.start_sample, pcm=block.pcm
        )
