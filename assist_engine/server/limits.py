"""How much and how often one connection may say something."""

import asyncio
from typing import Final

from assist_engine.call.decide import Refusal
from assist_engine.contract.commands import CompleteWrapUp, Saying, WatchAll
from assist_engine.contract.knowledge_requests import SaveArticle, TryDraft
from assist_engine.settings import ServerSettings

_BURST_S: Final = 2.0


def check_size(saying: Saying, size: int, settings: ServerSettings) -> None:
    """Refuse a message of more bytes than its kind may have."""
    match saying:
        case SaveArticle() | TryDraft():
            limit = settings.max_article_bytes
        case CompleteWrapUp() | WatchAll():
            limit = settings.max_message_bytes
        case _:
            limit = settings.max_text_bytes
    if size > limit:
        raise Refusal(
            "message.too_long", f"this message has {size} bytes; at most {limit} are accepted"
        )


class Pace:
    """Makes a sender of more than `per_s` messages wait; two seconds of them may come at once."""

    def __init__(self, per_s: float) -> None:
        self._gap_s = 1 / per_s
        self._next_s = 0.0

    async def keep(self) -> None:
        """Return when the next message may be read."""
        now_s = asyncio.get_running_loop().time()
        self._next_s = max(self._next_s, now_s - _BURST_S) + self._gap_s
        await asyncio.sleep(max(0.0, self._next_s - now_s))
