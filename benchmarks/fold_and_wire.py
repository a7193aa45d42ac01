"""What the log costs: encoding, decoding and folding the events of a long call."""

import json
import statistics
import sys
import time
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from assist_engine.call.fold import apply, fold
from assist_engine.call.state import CallState
from assist_engine.contract.events import Recorded
from assist_engine.contract.wire import decode_recorded, encode_recorded

_LOG: Final = Path(__file__).parents[1] / "tests/golden/calls/parcel-missing/events.jsonl"
EVENTS: Final = 3_000
RUNS: Final = 7


def long_log() -> list[Recorded]:
    """The golden call over and over, as one call."""
    lines = _LOG.read_bytes().splitlines()
    repeated = islice(cycle([decode_recorded(line) for line in lines]), EVENTS)
    return [replace(recorded, seq=seq) for seq, recorded in enumerate(repeated, start=1)]


def seconds(work: Callable[[], object]) -> float:
    """Median of several runs."""
    taken = []
    for _ in range(RUNS):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def main(*, as_json: bool) -> None:
    """Print the figures."""
    log = long_log()
    encoded = [encode_recorded(recorded) for recorded in log]
    new = CallState(call_id=log[0].call_id)
    state = fold(log, new)
    next_one = replace(log[9], seq=state.seq + 1)
    figures = {
        "encode_us": seconds(lambda: [encode_recorded(recorded) for recorded in log])
        / EVENTS
        * 1e6,
        "decode_us": seconds(lambda: [decode_recorded(line) for line in encoded]) / EVENTS * 1e6,
        "fold_3000_ms": seconds(lambda: fold(log, new)) * 1e3,
        "one_more_event_us": seconds(lambda: apply(state, next_one)) * 1e6,
        "stored_kb": sum(map(len, encoded)) / 1_000,
    }
    if as_json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:>20} {value:10.1f}")


if __name__ == "__main__":
    main(as_json="--json" in sys.argv[1:])
