"""Tooltips that show words as they are."""

from html import escape


def plain_tip(text: str) -> str:
    """A tooltip of somebody's words, which Qt would read as HTML where they look like it.

    HTML names images, and Qt fetches those of this machine and of Windows shares.
    """
    return f"<p>{escape(text)}</p>" if "<" in text else text
