"""Says from the level alone whether someone speaks on a channel, and since when.

Cheap (one dot product a block) and careful: it helps to find pauses and beginnings; it never
decides what is recognised.
"""

from typing import Final

from assist_engine.audio.pcm import SILENCE_DBFS, duration_ms, level_dbfs

VOICE_ABOVE_FLOOR_DB: Final = 9.0
QUIETEST_VOICE_DBFS: Final = -55.0
LOWEST_FLOOR_DBFS: Final = -75.0
FLOOR_RISE_DB_PER_S: Final = 2.0
HANGOVER_MS: Final = 400  # stops inside words and between them do not end a stretch of voice


class VoiceActivity:
    """The voice on one channel; the noise floor follows the line within seconds."""

    def __init__(self, *, sample_rate_hz: int, start_ms: int = 0) -> None:
        self._sample_rate_hz = sample_rate_hz
        self._heard_ms = start_ms
        self._floor_dbfs: float | None = None
        self.level_dbfs = SILENCE_DBFS
        self.began_ms = start_ms
        """Where the present (or last) stretch of voice began."""
        self.silent_ms = HANGOVER_MS
        """How long there has been no voice; 0 while there is."""

    @property
    def is_speaking(self) -> bool:
        """Whether someone speaks, or did within the hangover."""
        return self.silent_ms < HANGOVER_MS

    def observe(self, pcm: bytes) -> None:
        """Hear one block (20 to 200 ms)."""
        length_ms = duration_ms(pcm, sample_rate_hz=self._sample_rate_hz)
        self.level_dbfs = level_dbfs(pcm)
        if self._is_voice():
            if not self.is_speaking:
                self.began_ms = self._heard_ms
            self.silent_ms = 0
        else:
            self.silent_ms += length_ms
        self._heard_ms += length_ms
        self._follow_floor(length_ms)

    def _is_voice(self) -> bool:
        # Before a floor is known, anything loud enough counts: a call may begin in mid-word.
        floor_dbfs = LOWEST_FLOOR_DBFS if self._floor_dbfs is None else self._floor_dbfs
        return self.level_dbfs > max(QUIETEST_VOICE_DBFS, floor_dbfs + VOICE_ABOVE_FLOOR_DB)

    def _follow_floor(self, length_ms: int) -> None:
        if self._floor_dbfs is None or self.level_dbfs < self._floor_dbfs:
            self._floor_dbfs = max(self.level_dbfs, LOWEST_FLOOR_DBFS)
            return
        risen = self._floor_dbfs + FLOOR_RISE_DB_PER_S * length_ms / 1000
        self._floor_dbfs = min(risen, max(self.level_dbfs, LOWEST_FLOOR_DBFS))
