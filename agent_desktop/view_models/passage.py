"""Cuts a passage to what fits a card, around the sentence that answers."""

import msgspec

from assist_engine.contract.values import Span

LIMIT = 360


class Excerpt(msgspec.Struct, frozen=True, kw_only=True):
    """Text before the answer, the answer, text after it."""

    before: str
    answer: str
    after: str


def excerpt(body: str, answer: Span | None, *, limit: int = LIMIT) -> Excerpt:
    """At most about `limit` characters of a body, the answer whole; cuts are marked …"""
    text = " ".join(body.split()) if answer is None else body
    if answer is None:
        return Excerpt(before=_head(text, limit), answer="", after="")
    before, said, after = text[: answer.start], text[answer.start : answer.end], text[answer.end :]
    room = max(0, limit - len(said))
    kept_before = _tail(before, room // 2)
    return Excerpt(
        before=kept_before, answer=said, after=_head(after, room - min(len(kept_before), room))
    )


def plain(markdown: str) -> str:
    """An article without its front matter."""
    if not markdown.startswith("---"):
        return markdown
    _, _, rest = markdown[3:].partition("\n---")
    return rest.partition("\n")[2].lstrip("\n")


def _head(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    return text[:limit].rsplit(" ", 1)[0] + " …" if limit else ""


def _tail(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    return "… " + text[len(text) - limit :].split(" ", 1)[-1] if limit else ""
