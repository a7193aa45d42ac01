"""How calls met an article, as lines with a share: shown, used, helpful, put away, solved."""

import msgspec

from agent_desktop.translation import tr
from agent_desktop.view_models.note import Mark
from assist_engine.contract.knowledge_answers import ArticleUse


class UseLine(msgspec.Struct, frozen=True, kw_only=True):
    """One count: its name, the number in words, its share of what it could be (0 to 1)."""

    name: str
    words: str
    share: float
    mark: Mark


def use_lines(use: ArticleUse | None) -> tuple[UseLine, ...]:
    """The counts in the order in which things happen."""
    counts = use or ArticleUse()
    rated = counts.helpful + counts.not_helpful
    return (
        _line(tr("shown"), counts.offered, of=counts.offered, mark=Mark.NEWS),
        _line(tr("opened"), counts.opened, of=counts.offered, mark=Mark.NEWS),
        _line(tr("used"), counts.used, of=counts.offered, mark=Mark.GOOD),
        UseLine(
            name=tr("helpful"),
            words=tr("{count} of {all}", count=counts.helpful, all=rated),
            share=_share(counts.helpful, rated),
            mark=Mark.GOOD,
        ),
        _line(tr("put away"), counts.dismissed, of=counts.offered, mark=Mark.CARE),
        _line(tr("calls solved"), counts.solved, of=counts.used, mark=Mark.GOOD),
    )


def _line(name: str, count: int, *, of: int, mark: Mark) -> UseLine:
    share = _share(count, of)
    per_cent = round(100 * share)
    is_whole = count == of
    words = str(count) if is_whole else tr("{count} · {share} %", count=count, share=per_cent)
    return UseLine(name=name, words=words, share=share, mark=mark)


def _share(part: int, whole: int) -> float:
    return min(1.0, part / whole) if whole else 0.0
