"""The decoding threads: each channel keeps to one, so that its audio stays in order."""

from concurrent.futures import Executor, ThreadPoolExecutor
from itertools import cycle


class DecodingLanes:
    """As many threads as the machine decodes at once; channels take turns in choosing one."""

    def __init__(self, count: int) -> None:
        self._lanes = [
            ThreadPoolExecutor(1, thread_name_prefix=f"speech-{number}") for number in range(count)
        ]
        self._turns = cycle(self._lanes)

    def next(self) -> Executor:
        """A lane for one more channel: work given to it is done one by one, in order."""
        return next(self._turns)

    def close(self) -> None:
        """Forget what waits and end the threads."""
        for lane in self._lanes:
            lane.shutdown(cancel_futures=True)
