"""How late things came, in audio positions: how much newer audio had arrived by then.

No clock is read: an event carries the newest audio position at its recording, an utterance
the position of its last word, so the difference is ear-to-log latency on any machine. A card
counts from the end of the customer's words that it answers (negative: it was there before),
less the time that the rule of one new card in 20 s kept it waiting.
"""

from collections import defaultdict
from collections.abc import Iterable
from math import ceil

import msgspec

from assist_engine.contract import events
from assist_engine.contract.answers import PartialHeard
from assist_engine.contract.events import Recorded
from assist_engine.contract.ids import UtteranceId


class LatencyRow(msgspec.Struct, frozen=True, kw_only=True):
    """Percentiles of one kind of latency, ms."""

    kind: str
    count: int
    p50_ms: int
    p95_ms: int
    max_ms: int


class LatencyMeter:
    """Collects latencies of one call from its events and partials."""

    def __init__(self) -> None:
        self._values: dict[str, list[int]] = defaultdict(list)
        self._ends: dict[UtteranceId, int] = {}
        self._cards: list[tuple[UtteranceId | None, int, int]] = []

    def observe(self, recorded: Recorded) -> None:
        """Take an event in."""
        event = recorded.event
        match event:
            case events.UtteranceFinal(utterance_id=uid, end_ms=end_ms):
                self._ends[uid] = end_ms
                self._values["final"].append(recorded.audio_ms - end_ms)
            case events.SentimentRead(utterance_id=uid) if uid in self._ends:
                self._values["signal"].append(recorded.audio_ms - self._ends[uid])
            case events.SuggestionMade(suggestion=suggestion, asked_ms=asked_ms, held_ms=held_ms):
                quoted = (e.utterance_id for e in reversed(suggestion.evidence) if e.utterance_id)
                self._cards.append((next(quoted, None), asked_ms, recorded.audio_ms - held_ms))
            case _:
                pass

    def observe_partial(self, partial: PartialHeard, *, audio_ms: int) -> None:
        """Take a partial in; `audio_ms` is the position of the source when it arrived."""
        self._values["partial"].append(audio_ms - partial.heard_ms)

    def rows(self) -> list[LatencyRow]:
        """Percentiles by kind; kinds without a value are left out."""
        cards = [
            made - self._ends.get(uid, asked) if uid else made - asked
            for uid, asked, made in self._cards
        ]
        kinds = {**self._values, "card": cards}
        order = ("partial", "final", "signal", "card")
        return [percentiles(kind, kinds[kind]) for kind in order if kinds.get(kind)]

    @property
    def newest_partial_ms(self) -> int | None:
        """The newest partial's latency, or None."""
        return self._values["partial"][-1] if self._values["partial"] else None


def percentiles(kind: str, values: Iterable[int]) -> LatencyRow:
    """Percentiles (nearest rank) of at least one value in ms."""
    ordered = sorted(values)
    return LatencyRow(
        kind=kind,
        count=len(ordered),
        p50_ms=_percentile(ordered, 0.50),
        p95_ms=_percentile(ordered, 0.95),
        max_ms=ordered[-1],
    )


def _percentile(ordered: list[int], share: float) -> int:
    return ordered[max(0, ceil(share * len(ordered)) - 1)]
