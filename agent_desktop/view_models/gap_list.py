"""What callers asked that no article answers: who looks after it, and the draft that closes it."""

from enum import StrEnum

from agent_desktop.translation import tr
from agent_desktop.view_models.article_editor import ArticleEditor
from agent_desktop.view_models.desk_part import Correspondence, DeskPart
from agent_desktop.view_models.marked_words import readable
from agent_desktop.view_models.note import Mark, Note
from assist_engine.contract.answers import Answer, EngineStatus
from assist_engine.contract.ids import GapId
from assist_engine.contract.knowledge_answers import (
    ArticleFetched,
    Gap,
    GapsListed,
    GapState,
    ReleasePublished,
)
from assist_engine.contract.knowledge_requests import DraftFromGap, ListGaps, UpdateGap


class Trend(StrEnum):
    """How a gap moves from one week to the next; the value is its mark."""

    RISING = "▲"
    FALLING = "▼"
    STEADY = "="


def trend_of(gap: Gap) -> Trend:
    """More or fewer questions last week than the week before."""
    if gap.asked_last_week == gap.asked_week_before:
        return Trend.STEADY
    return Trend.RISING if gap.asked_last_week > gap.asked_week_before else Trend.FALLING


def trend_words(gap: Gap) -> str:
    """The trend as a mark, a word and what it is made of."""
    word = {
        Trend.RISING: tr("rising"),
        Trend.FALLING: tr("falling"),
        Trend.STEADY: tr("steady"),
    }[trend_of(gap)]
    return tr(
        "{mark} {word} · {count} this week",
        mark=trend_of(gap).value,
        word=word,
        count=gap.asked_last_week,
    )


def gap_state_word(state: GapState) -> str:
    """A state as a word."""
    return {
        GapState.OPEN: tr("open"),
        GapState.DRAFTED: tr("draft begun"),
        GapState.CLOSED: tr("closed"),
        GapState.IGNORED: tr("ignored"),
    }[state]


_MARKS = {
    GapState.OPEN: Mark.CARE,
    GapState.DRAFTED: Mark.NEWS,
    GapState.CLOSED: Mark.GOOD,
    GapState.IGNORED: Mark.QUIET,
}


def gap_note(gap: Gap) -> Note:
    """A gap as a line of a list."""
    owner = tr("owner: {name}", name=gap.owner) if gap.owner else tr("nobody's yet")
    return Note(
        key=str(gap.gap_id),
        text=tr("{count} × “{label}”", count=gap.asked, label=readable(gap.label)),
        detail=" · ".join((trend_words(gap), owner)),
        word=gap_state_word(gap.state),
        mark=_MARKS[gap.state],
    )


class GapList(DeskPart):
    """Gaps, most asked first; closed and ignored ones are left to the command line."""

    def __init__(self, post: Correspondence, *, editor: ArticleEditor) -> None:
        super().__init__(post)
        self._editor = editor
        self._release = -1
        self.is_listed = False
        self.gaps: tuple[Gap, ...] = ()
        self.opened: GapId | None = None

    @property
    def open_gaps(self) -> tuple[Gap, ...]:
        """Gaps that somebody should look at."""
        over = {GapState.CLOSED, GapState.IGNORED}
        return tuple(gap for gap in self.gaps if gap.state not in over)

    @property
    def gap(self) -> Gap | None:
        """The gap that is looked at."""
        return next((gap for gap in self.gaps if gap.gap_id == self.opened), None)

    def look_at(self, gap_id: GapId | None) -> None:
        """Look at a gap, or at none."""
        self.opened = gap_id
        self.changed.emit()

    def update(self, *, owner: str | None = None, state: GapState | None = None) -> None:
        """Give the gap that is looked at another owner or state."""
        gap = self.gap
        if gap is not None:
            self._ask(
                UpdateGap(
                    gap_id=gap.gap_id,
                    owner=gap.owner if owner is None else owner.strip(),
                    state=state or gap.state,
                )
            )

    def write(self) -> None:
        """Start the article that answers the gap, or open the one that was begun."""
        gap = self.gap
        if gap is None:
            return
        if gap.article_id is not None:
            self._editor.open_article(gap.article_id)
        else:
            self._editor.draft_from_gap(gap.gap_id)

    def ask_again(self) -> None:
        """Ask for the gaps, unless the answer is on its way."""
        if not self._post.is_waiting(ListGaps):
            self._ask(ListGaps())

    def hear(self, answer: Answer) -> None:
        """Take in gaps; releases may close some, drafts begin others."""
        match answer:
            case EngineStatus(is_ready=True, release=release):
                if release != self._release or not self.is_listed:
                    self._release = release
                    self.ask_again()
            case GapsListed(ref=ref, gaps=gaps):
                self._post.answered(ref, ListGaps, UpdateGap)
                self.is_listed, self.gaps = True, gaps
                self.changed.emit()
            case ReleasePublished(release=release):
                self._release = release
                self.ask_again()
            case ArticleFetched() if self._post.is_waiting(DraftFromGap):
                self.ask_again()
            case _:
                pass
