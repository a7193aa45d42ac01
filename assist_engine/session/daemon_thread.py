"""Waits for what may block forever, such as somebody else's name server or keyring."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


async def on_daemon(work: Callable[[], T]) -> T:
    """Run it on a thread of its own, which no engine that ends waits for.

    A caller that gives up leaves the thread to itself.
    """
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[Future[T]] = loop.create_future()

    def settle(outcome: Future[T]) -> None:
        if not ended.done():
            ended.set_result(outcome)

    def run() -> None:
        outcome: Future[T] = Future()
        try:
            outcome.set_result(work())
        except Exception as error:  # boundary: raised where it is waited for
            outcome.set_exception(error)
        with suppress(RuntimeError):  # the engine has ended meanwhile
            loop.call_soon_threadsafe(settle, outcome)

    threading.Thread(target=run, name="daemon", daemon=True).start()
    return (await ended).result()
