"""What one ear still has to hear: audio waits for room, what steers the ear does not."""

import asyncio
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class AudioQueue(Generic[T]):
    """In order; put by connections, taken by one task. Once closed it keeps nobody waiting."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._items: deque[T] = deque()
        self._is_closed = False
        self._arrived = asyncio.Event()
        self._has_room = asyncio.Event()
        self._has_room.set()

    def __len__(self) -> int:
        return len(self._items)

    async def put(self, item: T) -> None:
        """Wait for room, then queue; does nothing once closed."""
        while len(self._items) >= self._limit and not self._is_closed:
            self._has_room.clear()
            await self._has_room.wait()
        self.steer(item)

    def steer(self, item: T) -> None:
        """Queue behind what waits, whether there is room or not; does nothing once closed."""
        if not self._is_closed:
            self._items.append(item)
            self._arrived.set()

    def close(self) -> None:
        """No more comes; what waits can still be taken."""
        self._is_closed = True
        self._arrived.set()
        self._has_room.set()

    def discard(self) -> None:
        """No more comes, and what waits is forgotten."""
        self._items.clear()
        self.close()

    async def take(self) -> T | None:
        """The next item, or None when closed and empty."""
        while not self._items and not self._is_closed:
            self._arrived.clear()
            await self._arrived.wait()
        if not self._items:
            return None
        self._has_room.set()
        return self._items.popleft()
