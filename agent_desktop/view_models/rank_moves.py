"""How a draft would move what a caller's question finds: was second, is first."""

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from agent_desktop.translation import tr
from assist_engine.contract.ids import ArticleId
from assist_engine.contract.knowledge_answers import FoundPassage


class Move(StrEnum):
    """Where an article went; the value is its mark."""

    NEW = "+"
    UP = "▲"
    DOWN = "▼"
    SAME = "="
    GONE = "\N{MINUS SIGN}"


class Ranked(msgspec.Struct, frozen=True, kw_only=True):
    """A passage found with the draft. `rank` 0: no longer found. `was` 0: not found before."""

    found: FoundPassage
    rank: int
    was: int
    is_shown: bool  # agents would see it

    @property
    def move(self) -> Move:
        """Which way it went."""
        if not self.rank:
            return Move.GONE
        if not self.was:
            return Move.NEW
        if self.rank == self.was:
            return Move.SAME
        return Move.UP if self.rank < self.was else Move.DOWN


def ranked(
    after: Sequence[FoundPassage], before: Sequence[FoundPassage], *, threshold: float
) -> tuple[Ranked, ...]:
    """What is found with the draft, best first, then what it would push out of sight."""
    was = {found.article_id: n for n, found in reversed(list(enumerate(_by_article(before), 1)))}
    now = [
        Ranked(
            found=found,
            rank=rank,
            was=was.get(found.article_id, 0),
            is_shown=found.score >= threshold,
        )
        for rank, found in enumerate(_by_article(after), 1)
    ]
    kept = {line.found.article_id for line in now}
    gone = [
        Ranked(found=found, rank=0, was=was[found.article_id], is_shown=False)
        for found in _by_article(before)
        if found.article_id not in kept and found.score >= threshold
    ]
    return (*now, *gone)


def _by_article(passages: Sequence[FoundPassage]) -> tuple[FoundPassage, ...]:
    """The best passage of each article, in order."""
    best: dict[ArticleId, FoundPassage] = {}
    for passage in passages:
        best.setdefault(passage.article_id, passage)
    return tuple(best.values())


def ordinal(rank: int) -> str:
    """A rank as people say it."""
    known = {1: tr("1st"), 2: tr("2nd"), 3: tr("3rd")}
    return known.get(rank) or tr("{rank}th", rank=rank)


def move_words(line: Ranked) -> str:
    """Where it was before, with a mark: "▲ was 2nd", "+ new"; empty where nothing moved."""
    match line.move:
        case Move.SAME:
            return ""
        case Move.NEW:
            return tr("+ new")
        case move:
            return tr("{mark} was {rank}", mark=move.value, rank=ordinal(line.was))
