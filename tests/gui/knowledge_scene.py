"""A knowledge desk with the demo's articles in it, for tests and for looking at it.

`python -m tests.gui.knowledge_scene FOLDER` writes what the view looks like in its states.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import yaml
from msgspec.structs import replace
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from agent_desktop.capture import save_picture
from agent_desktop.settings import RESOURCES
from agent_desktop.theme import THEMES, Theme, dress
from agent_desktop.view_models.call_model import LinkPhase
from agent_desktop.view_models.knowledge_model import KnowledgeModel
from agent_desktop.widgets.knowledge.editor_pane import EditorPane, Tab
from agent_desktop.widgets.knowledge.gap_sheet import GapSheet
from agent_desktop.widgets.knowledge.knowledge_view import KnowledgeView
from agent_desktop.widgets.knowledge.publish_sheet import PublishSheet
from agent_desktop.widgets.knowledge.releases_sheet import ReleasesSheet
from agent_desktop.widgets.knowledge.try_pane import TryPane
from assist_engine.contract.answers import EngineStatus
from assist_engine.contract.ids import ArticleId, GapId
from assist_engine.contract.knowledge_answers import (
    ArticleFetched,
    ArticlesListed,
    ArticleState,
    ArticleSummary,
    ArticleUse,
    ArticleVersion,
    DraftPassage,
    DraftTried,
    Effect,
    Finding,
    FoundPassage,
    Gap,
    GapsListed,
    GapState,
    HealthPart,
    HistoryRead,
    QuestionEffect,
    ReleasePreviewed,
    ReleasesListed,
    ReleaseSummary,
    ReviewEntry,
    Severity,
)
from assist_engine.contract.knowledge_requests import ReadArticle
from assist_engine.contract.values import Span

NOW_MS: Final = 1_790_000_000_000
DAY_MS: Final = 24 * 3_600_000
LATE: Final = ArticleId("late-or-lost-parcel")
READY: Final = EngineStatus(is_ready=True, stage="ready", release=19)
_STATES: Final = {
    "late-or-lost-parcel": (ArticleState.DRAFT, 8, 7),
    "change-delivery-address": (ArticleState.IN_REVIEW, 4, 3),
    "forgotten-pin": (ArticleState.APPROVED, 3, 2),
    "promo-code-and-goodwill": (ArticleState.ARCHIVED, 2, 0),
}


def demo_texts() -> dict[ArticleId, str]:
    """The demo's articles by id."""
    folder = RESOURCES / "demo" / "articles"
    return {
        ArticleId(path.stem): path.read_text(encoding="utf-8") for path in sorted(folder.glob("*"))
    }


def demo_articles() -> tuple[ArticleSummary, ...]:
    """Their summaries, in several states and with some use."""
    return tuple(_summary(name, text, n) for n, (name, text) in enumerate(demo_texts().items()))


def _summary(article_id: ArticleId, text: str, number: int) -> ArticleSummary:
    matter: dict[str, Any] = yaml.safe_load(text.split("---")[1])
    state, version, live = _STATES.get(article_id, (ArticleState.PUBLISHED, 1 + number % 5, 0))
    offered = (number * 37) % 230
    used = offered * 6 // 10
    return ArticleSummary(
        article_id=article_id,
        title=matter["title"],
        version=version,
        published_version=live or (0 if state is ArticleState.ARCHIVED else version),
        products=tuple(matter["products"]),
        tags=tuple(matter["tags"]),
        state=state,
        owner=matter["owner"],
        author=matter["owner"],
        updated_ms=NOW_MS - number * DAY_MS,
        review_due_ms=NOW_MS + (number % 9 - 1) * 20 * DAY_MS,
        use=ArticleUse(
            offered=offered,
            opened=offered * 7 // 10,
            used=used,
            helpful=used * 4 // 10,
            not_helpful=used // 20,
            dismissed=offered // 11,
            solved=used * 8 // 10,
        ),
    )


GAPS: Final = (
    Gap(
        gap_id=GapId("pickup"),
        label="can someone else pick up my parcel",
        asked=41,
        asked_last_week=19,
        asked_week_before=8,
        state=GapState.OPEN,
        questions=(
            "can my neighbour pick up the parcel for me",
            "is it okay if my husband collects it at the shop",
            "i can't be there can somebody else get it with my id",
        ),
    ),
    Gap(
        gap_id=GapId("esim"),
        label="does my plan work with an e sim",
        asked=17,
        asked_last_week=4,
        asked_week_before=6,
        state=GapState.DRAFTED,
        owner="Maya Lindqvist",
        questions=("do you have an e sim", "can i get the sim without the plastic card"),
        article_id=ArticleId("esim"),
    ),
    Gap(
        gap_id=GapId("gift"),
        label="send it as a gift without the price",
        asked=9,
        asked_last_week=3,
        asked_week_before=3,
        state=GapState.OPEN,
        questions=("can you leave the price off", "it's a present please no invoice inside"),
    ),
)

HISTORY: Final = HistoryRead(
    ref=3,
    article_id=LATE,
    versions=(
        ArticleVersion(
            version=8,
            author="Maya Lindqvist",
            reason="express where a date is needed",
            saved_ms=NOW_MS - 3_600_000,
            state=ArticleState.DRAFT,
        ),
        ArticleVersion(
            version=7,
            author="Tom Okafor",
            reason="5 days in place of 7",
            saved_ms=NOW_MS - 12 * DAY_MS,
            state=ArticleState.PUBLISHED,
        ),
        ArticleVersion(
            version=6,
            author="Maya Lindqvist",
            reason="first version with exceptions",
            saved_ms=NOW_MS - 40 * DAY_MS,
            state=ArticleState.ARCHIVED,
        ),
    ),
    reviews=(
        ReviewEntry(
            version=7, by="Tom Okafor", at_ms=NOW_MS - 12 * DAY_MS, state=ArticleState.IN_REVIEW
        ),
        ReviewEntry(
            version=7,
            by="Maya Lindqvist",
            at_ms=NOW_MS - 11 * DAY_MS,
            comment="Good. Say the date before the reason.",
        ),
        ReviewEntry(
            version=7,
            by="Maya Lindqvist",
            at_ms=NOW_MS - 11 * DAY_MS,
            state=ArticleState.APPROVED,
        ),
    ),
)

_ANSWER: Final = (
    "If tracking shows no scan for 5 days, treat the parcel as lost: offer a replacement or a full"
    " refund, and the customer chooses."
)
_FOUND_LATE: Final = FoundPassage(
    article_id=LATE,
    title="Late or lost parcel",
    passage=_ANSWER + " Needed on a date? Offer express at no charge.",
    score=0.83,
    answer=Span(len(_ANSWER) + 1, len(_ANSWER) + 47),
    heading="What to say",
)
_FOUND_EXPRESS: Final = FoundPassage(
    article_id=ArticleId("replacement-and-express-shipping"),
    title="Replacement order and express shipping",
    passage="Express is 2 business days when it is ordered before 5 pm.",
    score=0.58,
    answer=Span(0, 58),
    heading="What to say",
)
_FOUND_OPTIONS: Final = FoundPassage(
    article_id=ArticleId("delivery-options-and-cost"),
    title="Delivery options, times and cost",
    passage="Standard is 3 to 5 days. Evening delivery can be chosen at checkout.",
    score=0.21,
    heading="What to say",
)
FINDINGS: Final = (
    Finding(
        rule="contradiction",
        severity=Severity.WARNING,
        article_id=LATE,
        message="Two articles say a different number of days",
        quote="no scan for 5 days",
        other_id=ArticleId("marked-delivered-not-received"),
        other_quote="not found within 24 hours",
    ),
    Finding(
        rule="reading-level",
        severity=Severity.HINT,
        article_id=LATE,
        message="One sentence has 34 words; two short ones are read faster in a call",
    ),
)
TRIED: Final = DraftTried(
    ref=5,
    passages=(
        DraftPassage(heading="What to say", text=_ANSWER + " Needed on a date? Offer express."),
        DraftPassage(
            heading="What to do",
            text="1. Open the order and read the last carrier scan.\n2. Last scan less than 5 days"
            " ago: tell the customer the new expected date.",
        ),
        DraftPassage(
            heading="Exceptions", text="Furniture and large appliances: transfer the call."
        ),
    ),
    findings=FINDINGS,
    before=(_FOUND_EXPRESS, _FOUND_LATE),
    after=(_FOUND_LATE, _FOUND_EXPRESS, _FOUND_OPTIONS),
    threshold=0.4,
)


def _question(text: str, before: int, after: int) -> QuestionEffect:
    ranks = {0: None, 1: LATE, 2: ArticleId("refund-how-long"), 3: ArticleId("cancel-an-order")}
    return QuestionEffect(
        question=text,
        wanted=(LATE,),
        before=ranks[before],
        after=ranks[after],
        rank_before=before,
        rank_after=after,
    )


PREVIEW: Final = ReleasePreviewed(
    ref=6,
    changed=(ArticleId("forgotten-pin"), ArticleId("change-delivery-address")),
    findings=(
        *FINDINGS,
        Finding(
            rule="no-variants",
            severity=Severity.HINT,
            article_id=ArticleId("forgotten-pin"),
            message="Only two ways of asking are listed",
        ),
    ),
    effects=(
        Effect(
            name="golden questions",
            questions=206,
            better=(
                _question("i need it before saturday it's a present", 3, 1),
                _question("my stuff never turned up", 2, 1),
                _question("forgot the number for my card", 0, 1),
            ),
            worse=(_question("refund for late parcel", 1, 2),),
            same=202,
        ),
        Effect(
            name="calls of the last 7 days",
            questions=1_204,
            better=tuple(_question(f"where is my order {n}", 0, 1) for n in range(31)),
            worse=(
                _question("give me my money back for the parcel", 1, 3),
                _question("do i pay for shipping again", 2, 0),
            ),
            changed=(
                QuestionEffect(
                    question="the driver was never here",
                    wanted=(),
                    before=ArticleId("marked-delivered-not-received"),
                    after=LATE,
                ),
            ),
            same=1_170,
        ),
    ),
    health=0.82,
    health_parts=(
        HealthPart(name="reviewed in time", score=0.88, weight=1.0, told="5 of 40 overdue"),
        HealthPart(name="question variants", score=0.95, weight=1.0, told="2 articles with none"),
        HealthPart(name="no duplicates", score=0.7, weight=1.0, told="1 pair says the same"),
        HealthPart(name="used in calls", score=0.45, weight=1.0, told="22 never offered"),
    ),
)
RELEASES: Final = tuple(
    ReleaseSummary(
        release=number,
        made_ms=NOW_MS - (19 - number) * 4 * DAY_MS,
        author=("Maya Lindqvist", "Tom Okafor")[number % 2],
        reason=("weekly", "prices of autumn", "late parcels")[number % 3],
        articles=40 - (19 - number),
        passages=150 + number,
        is_in_use=number == 19,
        override="the duplicate goes next week" if number == 17 else "",
    )
    for number in range(19, 11, -1)
)


class Scene:
    """A view on screen that was told the demo's articles; `asked` collects what it asks."""

    def __init__(self, *, theme: Theme, size: tuple[int, int] = (1440, 900)) -> None:
        self.model = KnowledgeModel(now_ms=lambda: NOW_MS)
        self.view = KnowledgeView(self.model, theme=theme)
        self.asked: list[Any] = []
        self.model.command_given.connect(self.asked.append)
        self.model.command_given.connect(self._fetch_version)
        self.view.resize(*size)
        self.view.show()

    def begin(self, articles: Sequence[ArticleSummary] = ()) -> None:
        """Connected, ready, listed."""
        self.model.set_link(LinkPhase.CONNECTED)
        listed = ArticlesListed(ref=1, articles=tuple(articles) or demo_articles(), release=19)
        self.model.apply([READY, listed, GapsListed(ref=2, gaps=GAPS)])
        self.asked.clear()

    def open(self, article_id: ArticleId = LATE, *, text: str = "") -> None:
        """An article comes into the editor."""
        self.model.editor.open_article(article_id)
        article = self.model.listing.find(article_id)
        assert article is not None
        markdown = text or demo_texts()[article_id]
        self.model.apply([ArticleFetched(ref=2, article=article, markdown=markdown)])
        self.model.apply([replace(HISTORY, article_id=article_id)])

    def _fetch_version(self, saying: object) -> None:
        """Older versions are there at once."""
        match saying:
            case ReadArticle(article_id=article_id, version=version) if version:
                article = self.model.listing.find(article_id)
                assert article is not None
                older = demo_texts()[article_id].replace("5 days", "7 days")
                fetched = ArticleFetched(ref=8, article=article, markdown=older, version=version)
                QTimer.singleShot(0, lambda: self.model.apply([fetched]))
            case _:
                pass

    def part(self, kind: type[Any]) -> Any:
        """The one widget of a kind."""
        found = self.view.findChild(kind)
        assert found is not None
        return found


def pictures(folder: Path) -> None:
    """Write the states of the view in both themes and two sizes."""
    application = QApplication.instance() or QApplication(["pictures"])
    assert isinstance(application, QApplication)
    for name, theme in THEMES.items():
        dress(application, theme)
        _picture_states(folder, name, theme, (1440, 900))
        _picture_states(folder, f"{name}-small", theme, (1024, 700))
        big = replace(theme, scale=2.0)
        dress(application, big)
        _picture_states(folder, f"{name}-200", big, (1440, 900))


def _picture_states(folder: Path, name: str, theme: Theme, size: tuple[int, int]) -> None:
    scene = Scene(theme=theme, size=size)

    def save(state: str) -> None:
        _settle()
        save_picture(scene.view, folder / f"{state}-{name}.png")

    save("0-connecting")
    scene.begin()
    save("1-listed")
    scene.open()
    scene.part(TryPane).field.setText("where is my stuff i need it before saturday")
    text = scene.model.editor.text
    chooses = "and the customer chooses."
    scene.model.editor.edit(
        text.replace(chooses, f"{chooses} Needed on a date? Offer express at no charge.")
    )
    _settle(400)
    scene.model.apply([TRIED, TRIED])
    pane = scene.part(EditorPane)
    save("2-article")
    for tab in (Tab.PREVIEW, Tab.CHANGES, Tab.HISTORY, Tab.PASSAGES, Tab.FINDINGS):
        pane.show_tab(tab)
        save(f"3-{tab.value}")
    scene.part(PublishSheet).ask()
    save("4-publish-waiting")
    scene.model.apply([PREVIEW])
    save("5-publish")
    scene.part(PublishSheet).close_sheet()
    scene.part(ReleasesSheet).ask()
    scene.model.apply([ReleasesListed(ref=9, releases=RELEASES)])
    save("6-releases")
    scene.part(ReleasesSheet).close_sheet()
    scene.model.gaps.look_at(GapId("pickup"))
    scene.part(GapSheet).ask()
    save("7-gap")
    scene.view.close()
    scene.view.deleteLater()


def _settle(wait_ms: int = 150) -> None:
    loop = QEventLoop()
    QTimer.singleShot(wait_ms, loop.quit)
    loop.exec()


if __name__ == "__main__":
    pictures(Path(sys.argv[1]))
