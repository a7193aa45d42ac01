"""Turns texts into vectors on one thread: batches what waits, embeds each text once.

A text that comes while the thread is busy joins the batch that waits; when the thread is
idle nothing waits. One encoder serves all calls of an engine.
"""

import asyncio
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from assist_engine.errors import AssistError, BadInput

Vector: TypeAlias = NDArray[np.float32]
EncodeTexts: TypeAlias = Callable[[list[str]], Vector]


class EncoderClosed(AssistError):
    """The encoder is not running: not started yet, or closed."""

    code = "inference.encoder_closed"

    def __str__(self) -> str:
        return "the encoder is not running: call start() first, and nothing after close()"


class EncoderStats(msgspec.Struct, frozen=True, kw_only=True):
    """What the encoder did so far. `texts` were embedded, `reused` came from memory."""

    texts: int
    batches: int
    reused: int
    cpu_seconds: float  # of the encoder's thread only


class _Batch:
    """Texts that go through the model together; open for more until the thread takes it."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.vectors: Future[Vector] = Future()


class InferenceThread:
    """The one thread that runs models. Ends with the last encoder that uses it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._executor: ThreadPoolExecutor | None = None
        self._users = 0

    def start(self) -> None:
        """Count one more user; the first one starts the thread."""
        with self._lock:
            self._users += 1
            if self._executor is None:
                self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="encoder")

    def close(self) -> None:
        """Count one user less; after the last one finish what waits and end the thread."""
        with self._lock:
            self._users -= 1
            ending = None if self._users else self._executor
            if not self._users:
                self._executor = None
        if ending is not None:
            ending.shutdown(wait=True)

    def submit(self, work: Callable[[], Vector]) -> Future[Vector]:
        """Do the work when it is its turn; raises `EncoderClosed`."""
        if self._executor is None:
            raise EncoderClosed
        return self._executor.submit(work)


class Encoder:
    """A row for each text, for all calls: (384,) vectors of length 1 for the default model.

    Several encoders may share a thread: then no two models compute at once.
    """

    def __init__(
        self,
        encode: EncodeTexts,
        *,
        batch_limit: int = 32,
        cache_size: int = 8192,
        thread: InferenceThread | None = None,
    ) -> None:
        self.thread = thread or InferenceThread()
        self._encode = encode
        self._batch_limit = batch_limit
        self._cache_size = cache_size
        self._cache: OrderedDict[str, Vector] = OrderedDict()
        self._waiting: dict[str, tuple[_Batch, int]] = {}
        self._open: _Batch | None = None
        self._lock = threading.Lock()
        self._is_open = False
        self._texts = self._batches = self._reused = 0
        self._cpu_seconds = 0.0

    def start(self) -> None:
        """Start the thread; a second start does nothing."""
        with self._lock:
            if not self._is_open:
                self._is_open = True
                self.thread.start()

    def close(self) -> None:
        """Finish what waits; the thread ends unless others use it."""
        with self._lock:
            was_open, self._is_open = self._is_open, False
        if was_open:
            self.thread.close()

    @property
    def stats(self) -> EncoderStats:
        """Counts since the start."""
        with self._lock:
            return EncoderStats(
                texts=self._texts,
                batches=self._batches,
                reused=self._reused,
                cpu_seconds=self._cpu_seconds,
            )

    async def encode(self, text: str) -> Vector:
        """The vector of a text. Raises what the model raises, or `EncoderClosed`."""
        place = self._find_or_queue(text)
        if isinstance(place, np.ndarray):
            return place
        batch, row = place
        # Shielded: the batch belongs to other calls too when this caller goes away.
        vectors = await asyncio.shield(asyncio.wrap_future(batch.vectors))
        vector: Vector = vectors[row]
        return vector

    async def encode_all(self, texts: Sequence[str]) -> Vector:
        """The vectors of several texts, (n, dimension); for examples learned at start."""
        if not texts:
            return np.zeros((0, 0), np.float32)
        return np.stack(await asyncio.gather(*(self.encode(text) for text in texts)))

    def encode_blocking(self, texts: Sequence[str], *, at_once: int = 8) -> Vector:
        """The same for a thread that may wait, (n, dimension).

        Only `at_once` texts queue at a time, so that a call's text waits for no more than those.
        """
        if not texts:
            return np.zeros((0, 0), np.float32)
        rows: list[Vector] = []
        for start in range(0, len(texts), at_once):
            places = [self._find_or_queue(text) for text in texts[start : start + at_once]]
            rows += [
                place if isinstance(place, np.ndarray) else place[0].vectors.result()[place[1]]
                for place in places
            ]
        return np.stack(rows)

    def _find_or_queue(self, text: str) -> Vector | tuple[_Batch, int]:
        with self._lock:
            known = self._cache.get(text)
            if known is not None:
                self._cache.move_to_end(text)
                self._reused += 1
                return known
            if text in self._waiting:
                self._reused += 1
                return self._waiting[text]
            return self._queue(text)

    def _queue(self, text: str) -> tuple[_Batch, int]:
        if not self._is_open:
            raise EncoderClosed
        if self._open is None or len(self._open.texts) >= self._batch_limit:
            self._open = _Batch()
            # The executor keeps what the model raises in the future, so the thread lives on.
            batch = self._open
            running = self.thread.submit(partial(self._run, batch))
            running.add_done_callback(lambda done: self._settle(batch, done))
        self._open.texts.append(text)
        self._waiting[text] = place = (self._open, len(self._open.texts) - 1)
        return place

    def _run(self, batch: _Batch) -> Vector:
        with self._lock:
            if self._open is batch:
                self._open = None
        began = time.thread_time()
        try:
            vectors = self._encode(batch.texts)
            if len(vectors) != len(batch.texts):
                raise BadInput(
                    f"the model gave {len(vectors)} vectors for {len(batch.texts)} texts"
                )
            return vectors
        finally:
            with self._lock:
                self._cpu_seconds += time.thread_time() - began
                self._texts += len(batch.texts)
                self._batches += 1

    def _settle(self, batch: _Batch, done: Future[Vector]) -> None:
        error = done.exception()
        with self._lock:
            for row, text in enumerate(batch.texts):
                del self._waiting[text]
                if error is None:
                    self._cache[text] = done.result()[row]
            while len(self._cache) > self._cache_size:
                self._cache.popitem(last=False)
        if error is None:
            batch.vectors.set_result(done.result())
        else:
            batch.vectors.set_exception(error)
