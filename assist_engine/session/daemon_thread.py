"""Waits for what may block forever, such as somebody else's name server or keyring."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


async def on_daemon(work: Callable[[], T]) -> T:
    """Run it on a thread of its own, which no engine that ends waits for.

    `work` tells errors by what it returns: one that it raises ends its thread and not the wait.
    A caller that gives up leaves the thread to itself.
    """
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[T] = loop.create_future()

    def settle(result: T) -> None:
        if not ended.done():
            ended.set_result(result)

    def run() -> None:
        result = work()
        with suppress(RuntimeError):  # the engine has ended meanwhile
            loop.call_soon_threadsafe(settle, result)

    threading.Thread(target=run, name="daemon", daemon=True).start()
    return await ended
