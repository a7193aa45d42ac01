"""The one thread in which the desktop talks to its engine; the GUI thread only posts."""

import asyncio
import logging
import threading
from collections.abc import Callable

from agent_desktop.link.conversation import Conversation
from agent_desktop.link.engine_client import EngineClient
from assist_engine.contract.commands import Hello, Saying

log = logging.getLogger(__name__)


class EngineThread:
    """Runs an `EngineClient`. Nothing here waits for the network: what cannot go out is kept.

    `put` is called in the engine thread with each item (`Inbox.put`); `address` gives the URL
    at each attempt to connect.
    """

    def __init__(
        self, hello: Hello, *, address: Callable[[], str], put: Callable[[object], None]
    ) -> None:
        self._conversation = Conversation(hello)
        self._address = address
        self._put = put
        self._lock = threading.Lock()
        self._client: EngineClient | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._is_stopped = False
        self._thread = threading.Thread(target=self._run, name="engine-link", daemon=False)

    @property
    def unsent_ms(self) -> int:
        """Audio that waits to be sent."""
        return self._conversation.unsent_ms

    def start(self) -> None:
        """Begin to connect."""
        self._thread.start()

    def post(self, saying: Saying) -> int:
        """Say something to the engine. Returns the `ref` of its answer, 0: it was not taken.

        It is not taken after `stop`, nor where too much waits already.
        """
        if self._is_stopped:
            return 0
        ref = self._conversation.post(saying)
        self._wake()
        return ref

    def send_audio(self, channel: int, start_sample: int, pcm: bytes) -> bool:
        """Keep and send a block of 16-bit mono PCM of the open call; False after `stop`."""
        if self._is_stopped:
            return False
        self._conversation.send_audio(channel, start_sample=start_sample, pcm=pcm)
        self._wake()
        return True

    def stop(self, *, timeout_s: float = 3.0) -> None:
        """Close the connection and wait for the thread; again: nothing happens."""
        with self._lock:
            self._is_stopped = True
            if self._loop and self._stopping:
                self._loop.call_soon_threadsafe(self._stopping.set)
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def _wake(self) -> None:
        with self._lock:
            if self._loop and self._client:
                self._loop.call_soon_threadsafe(self._client.wake)

    def _run(self) -> None:
        with asyncio.Runner() as runner:
            runner.run(self._stay_linked())

    async def _stay_linked(self) -> None:
        client = EngineClient(self._conversation, address=self._address, put=self._put)
        stopping = asyncio.Event()
        with self._lock:
            self._client, self._stopping = client, stopping
            self._loop = asyncio.get_running_loop()
            if self._is_stopped:
                stopping.set()
        linking = asyncio.create_task(client.run(), name="engine-client")
        waiting = asyncio.create_task(stopping.wait(), name="stop")
        try:
            await asyncio.wait({linking, waiting}, return_when=asyncio.FIRST_COMPLETED)
            # A refused link stays as it is until the desktop ends: it was told to the views.
            if linking.done():
                linking.result()
                await waiting
        finally:
            with self._lock:
                self._loop = None
            for task in (linking, waiting):
                task.cancel()
            await asyncio.gather(linking, waiting, return_exceptions=True)
