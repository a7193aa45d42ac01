"""Waits for what may block forever, such as somebody else's name server or keyring."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


class WorkFailed(RuntimeError):
    """What ran on a thread raised; the thread told what."""


async def on_daemon(work: Callable[[], T]) -> T:
    """Run it on a thread of its own, which no engine that ends waits for.

    `work` tells errors by what it returns; raises `WorkFailed` where it raises. A caller that
    gives up leaves the thread to itself.
    """
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[T] = loop.create_future()

    def settle(results: list[T]) -> None:
        if ended.done():
            return
        if results:
            ended.set_result(results[0])
        else:
            ended.set_exception(WorkFailed("it raised"))

    def run() -> None:
        results: list[T] = []
        try:
            results.append(work())
        finally:
            with suppress(RuntimeError):  # the engine has ended meanwhile
                loop.call_soon_threadsafe(settle, results)

    threading.Thread(target=run, name="daemon", daemon=True).start()
    return await ended
