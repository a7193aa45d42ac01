"""Drafts, reviews, schedules and expiry on a real base: what is released, listed and told."""

import random
import sqlite3
from pathlib import Path

import msgspec
import pytest
from sqlite_utils import Database

from knowledge_base.article import Article
from knowledge_base.errors import (
    ArticleMissing,
    KnowledgeError,
    MoveRefused,
    NothingToPublish,
    SettingBad,
    VersionConflict,
    VersionMissing,
)
from knowledge_base.lifecycle import ArticleState, ReviewPolicy, Step, fold, to_publish
from knowledge_base.schema import MIGRATIONS
from knowledge_base.store import DATABASE, KnowledgeBase, ReleaseInfo
from tests.fakes.hash_embedder import HashEmbedder
from tests.integration.knowledge.conftest import article

pytestmark = pytest.mark.integration

DRAFT, IN_REVIEW, APPROVED = ArticleState.DRAFT, ArticleState.IN_REVIEW, ArticleState.APPROVED
PUBLISHED, ARCHIVED = ArticleState.PUBLISHED, ArticleState.ARCHIVED
DAY_MS = 86_400_000


@pytest.fixture
def base(tmp_path: Path) -> KnowledgeBase:
    """Ana's draft of `fees`, in a base where somebody else approves."""
    base = KnowledgeBase.create(tmp_path / "kb")
    base.save(article("fees", "Five a month."), author="ana", reason="first", now_ms=1_000)
    return base


def approve(
    base: KnowledgeBase,
    name: str = "fees",
    version: int = 1,
    *,
    now_ms: int = 3_000,
    publish_at_ms: int = 0,
) -> None:
    base.move(name, version, IN_REVIEW, by="ana", now_ms=2_000)
    base.move(name, version, APPROVED, by="bo", now_ms=now_ms, publish_at_ms=publish_at_ms)


def publish(base: KnowledgeBase, now_ms: int = 5_000, *, override: str = "") -> ReleaseInfo:
    return base.publish(HashEmbedder(), author="bo", reason="", now_ms=now_ms, override=override)


def bodies(articles: list[Article]) -> dict[str, str]:
    return {one.article_id: one.body for one in articles}


def states(base: KnowledgeBase, now_ms: int = 5_000) -> dict[str, ArticleState]:
    return {one.article.article_id: one.state for one in base.listing(now_ms)}


def test_from_draft_to_published(base: KnowledgeBase) -> None:
    assert base.policy is ReviewPolicy.OTHER
    with pytest.raises(NothingToPublish, match="no article is approved: 1 wait for a review"):
        publish(base)
    assert states(base) == {"fees": DRAFT}
    base.move("fees", 1, IN_REVIEW, by="ana", now_ms=2_000, comment="Please look.")
    base.comment("fees", 1, " Per account? ", by="bo", now_ms=2_500)
    with pytest.raises(MoveRefused, match="ana wrote it"):
        base.move("fees", 1, APPROVED, by="ana", now_ms=3_000)
    base.move("fees", 1, APPROVED, by="bo", now_ms=3_000)
    assert states(base) == {"fees": APPROVED}
    publish(base)
    assert states(base) == {"fees": PUBLISHED}
    history = base.history("fees")
    (version,) = history.versions
    assert (version.version, version.author, version.reason) == (1, "ana", "first")
    assert (version.saved_ms, version.state) == (1_000, PUBLISHED)
    assert [(step.state, step.by, step.at_ms, step.comment) for step in history.steps] == [
        (DRAFT, "ana", 1_000, ""),
        (IN_REVIEW, "ana", 2_000, "Please look."),
        (None, "bo", 2_500, "Per account?"),
        (APPROVED, "bo", 3_000, ""),
    ]


def test_an_edit_waits_and_what_was_approved_stays(base: KnowledgeBase) -> None:
    approve(base)
    publish(base)
    base.save(article("fees", "Six a month."), author="ana", reason="raised", now_ms=6_000)
    assert (states(base)["fees"], base.read("fees").published_version) == (DRAFT, 1)
    assert bodies(base.to_publish(7_000)) == {"fees": "Five a month."}
    base.move("fees", 2, IN_REVIEW, by="ana", now_ms=6_000)
    base.move("fees", 2, DRAFT, by="bo", now_ms=6_000, comment="From when on?")
    assert publish(base, 7_000).changed_articles == 0
    assert [one.state for one in base.history("fees").versions] == [DRAFT, PUBLISHED]


def test_an_edit_of_what_is_no_longer_the_newest_is_refused(base: KnowledgeBase) -> None:
    def save(body: str, based_on: int) -> int:
        edited = article("fees", body)
        return base.save(edited, author="bo", reason="", now_ms=2_000, based_on=based_on)

    assert save("Six a month.", 1) == 2
    with pytest.raises(VersionConflict, match="you edited version 1, the newest is 2"):
        save("Seven a month.", 1)
    assert save("Six a month.", 1) == 2  # the same words are no conflict
    assert save("Seven a month.", 2) == 3


def test_a_difference_and_a_restored_version(base: KnowledgeBase) -> None:
    base.save(article("fees", "Six a month."), author="bo", reason="", now_ms=2_000)
    changed = base.diff("fees", 1, 2).splitlines()
    assert changed[:2] == ["--- fees version 1", "+++ fees version 2"]
    assert [line for line in changed if line[0] in "+-"][2:] == ["-Five a month.", "+Six a month."]
    assert base.diff("fees", 2, 2) == ""
    assert base.restore("fees", 1, author="cy", reason="was right", now_ms=3_000) == 3
    restored = base.read("fees")
    assert (restored.body, restored.version, restored.updated_ms) == ("Five a month.", 3, 3_000)
    assert [(one.author, one.state) for one in base.history("fees").versions] == [
        ("cy", DRAFT),
        ("bo", DRAFT),
        ("ana", DRAFT),
    ]


def test_what_is_not_there_is_named(base: KnowledgeBase) -> None:
    with pytest.raises(ArticleMissing):
        base.history("nope")
    with pytest.raises(ArticleMissing):
        base.move("nope", 1, IN_REVIEW, by="ana", now_ms=1)
    with pytest.raises(VersionMissing):
        base.diff("fees", 1, 7)
    with pytest.raises(VersionMissing):
        base.comment("fees", 7, "Hm.", by="bo", now_ms=1)
    with pytest.raises(VersionMissing):
        base.restore("fees", 7, author="", reason="", now_ms=1)
    with pytest.raises(KnowledgeError, match="a comment needs words"):
        base.comment("fees", 1, " ", by="bo", now_ms=1)


def test_archived_and_taken_out_again(base: KnowledgeBase) -> None:
    base.save(article("hours", "From eight."), author="ana", reason="", now_ms=1_000)
    approve(base)
    approve(base, "hours")
    publish(base)
    base.save(article("fees", "Six a month."), author="ana", reason="", now_ms=6_000)
    base.move("fees", 2, ARCHIVED, by="bo", now_ms=6_000, comment="Sold.")
    assert bodies(base.to_publish(7_000)) == {"hours": "From eight."}
    assert states(base)["fees"] is ARCHIVED
    base.import_articles([article("fees", "Seven.")], author="cy", reason="", now_ms=6_500)
    assert states(base)["fees"] is ARCHIVED  # an import does not bring it back
    publish(base, 7_000)
    base.move("fees", 3, DRAFT, by="ana", now_ms=8_000)
    assert bodies(base.to_publish(9_000)) == {"hours": "From eight."}
    base.move("fees", 3, IN_REVIEW, by="ana", now_ms=8_000)
    base.move("fees", 3, APPROVED, by="ana", now_ms=8_000)  # cy's words
    assert bodies(base.to_publish(9_000)) == {"hours": "From eight.", "fees": "Seven."}


def test_policies(base: KnowledgeBase) -> None:
    base.set_policy(ReviewPolicy.SELF)
    base.move("fees", 1, APPROVED, by="ana", now_ms=2_000)
    base.set_policy(ReviewPolicy.NONE)
    base.save(article("fees", "Six a month."), author="ana", reason="", now_ms=3_000)
    assert bodies(base.to_publish(4_000)) == {"fees": "Six a month."}
    assert KnowledgeBase.open(base.folder).policy is ReviewPolicy.NONE
    with pytest.raises(SettingBad, match="one of other, self, none, not 'nobody'"):
        base.set_policy("nobody")  # type: ignore[arg-type]


def test_an_import_is_approved_unless_it_makes_drafts(base: KnowledgeBase) -> None:
    new = [article("hours", "From eight."), article("fees", "Six a month.")]
    report = base.import_articles(new, author="bo", reason="", now_ms=2_000, as_drafts=True)
    assert (report.added, report.updated) == (("hours",), ("fees",))
    assert base.to_publish(3_000) == []
    base.import_articles([article("rates", "Low.")], author="bo", reason="", now_ms=2_000)
    assert bodies(base.to_publish(3_000)) == {"rates": "Low."}


def test_what_an_import_cannot_take_is_reported_and_the_rest_goes_in(base: KnowledgeBase) -> None:
    new = [
        article("hours", "From eight."),
        article("hours", "From nine."),
        article(" bad", "Text."),
        article("empty", " "),
        article("rates", "Low.\r\n\r\n"),
    ]
    report = base.import_articles(new, author="bo", reason="", now_ms=2_000)
    assert report.added == ("hours", "rates")
    assert [error.reason.split(":")[0] for error in report.broken] == [
        "the id 'hours' is taken by an article before it",
        "' bad' is no article id",
        "has no text",
    ]
    assert bodies(base.articles()) | {"fees": ""} == {
        "fees": "",
        "hours": "From eight.",
        "rates": "Low.",
    }


def test_a_scheduled_version_waits_for_its_time(base: KnowledgeBase) -> None:
    approve(base)
    publish(base)
    base.save(article("fees", "Six a month."), author="ana", reason="", now_ms=6_000)
    approve(base, version=2, now_ms=6_000, publish_at_ms=20_000)
    base.save(article("hours", "From eight."), author="ana", reason="", now_ms=6_000)
    approve(base, "hours", now_ms=6_000)
    (listed,) = [one for one in base.listing(10_000) if one.article.article_id == "fees"]
    assert (listed.state, listed.publish_at_ms) == (APPROVED, 20_000)
    assert bodies(base.to_publish(19_999)) == {"fees": "Five a month.", "hours": "From eight."}
    assert not base.has_due(19_999)
    assert base.has_due(20_000)
    # It goes into a release of its own: `hours` waits until somebody publishes.
    assert bodies(base.to_publish_due(20_000)) == {"fees": "Six a month."}
    info = base.publish_due(HashEmbedder(), author="clock", reason="due", now_ms=20_000)
    assert (info.release, info.articles, info.changed_articles) == (2, 1, 1)
    assert not base.has_due(20_001)
    assert base.listing(20_001)[0].publish_at_ms == 0


def test_a_roll_back_is_not_undone_by_the_clock(base: KnowledgeBase) -> None:
    approve(base)
    publish(base)
    base.save(article("fees", "Six a month."), author="ana", reason="", now_ms=6_000)
    approve(base, version=2, now_ms=6_000, publish_at_ms=20_000)
    base.publish_due(HashEmbedder(), author="clock", reason="due", now_ms=20_000)
    base.roll_back(1, author="bo", reason="too early", now_ms=21_000)
    assert not base.has_due(22_000)
    base.save(article("hours", "From eight."), author="ana", reason="", now_ms=22_000)
    approve(base, "hours", now_ms=22_000, publish_at_ms=30_000)
    assert base.has_due(30_000)
    due = bodies(base.to_publish_due(30_000))
    assert due == {"fees": "Five a month.", "hours": "From eight."}


def test_an_older_schedule_does_not_come_after_a_newer_version(base: KnowledgeBase) -> None:
    approve(base, publish_at_ms=20_000)
    base.save(article("fees", "Six a month."), author="ana", reason="", now_ms=6_000)
    approve(base, version=2, now_ms=6_000)
    publish(base, 7_000)
    assert not base.has_due(20_000)


def test_a_text_whose_last_day_is_over_leaves_with_the_next_release(base: KnowledgeBase) -> None:
    base.set_policy(ReviewPolicy.NONE)
    now_ms = 20_000 * DAY_MS  # 2024-10-04
    for name, last in (("sale", "2024-10-06"), ("typo", "2023-10-06")):
        text = article(name, "Half price.", valid_until=last)
        base.save(text, author="ana", reason="", now_ms=now_ms)
    assert set(bodies(base.to_publish(now_ms + DAY_MS))) == {"sale", "typo"}
    later_ms = now_ms + 4 * DAY_MS
    # What was over when it was saved is a mistake: it stays, so that the check names it.
    assert set(bodies(base.to_publish(later_ms))) == {"typo"}


def test_when_a_review_is_due(base: KnowledgeBase) -> None:
    text = article("rates", "Low.", review_days=10)
    base.save(text, author="ana", reason="", now_ms=DAY_MS)

    def due_ms() -> int:
        return base.listing(DAY_MS)[1].review_due_ms

    assert due_ms() == 11 * DAY_MS
    approve(base, "rates", now_ms=3 * DAY_MS)
    assert due_ms() == 13 * DAY_MS
    base.move("rates", 1, APPROVED, by="bo", now_ms=9 * DAY_MS, comment="still right")
    assert due_ms() == 19 * DAY_MS
    base.move("rates", 1, ARCHIVED, by="bo", now_ms=9 * DAY_MS)
    assert due_ms() == 0
    assert base.listing(DAY_MS)[0].review_due_ms == 0


def test_why_it_was_published_all_the_same_is_kept(base: KnowledgeBase) -> None:
    approve(base)
    assert publish(base, override="the link comes tomorrow").override == "the link comes tomorrow"
    (info,) = base.releases()
    assert (info.override, info.articles) == ("the link comes tomorrow", 1)


@pytest.mark.parametrize(
    "article_id", ["退款 政策", "../a", 'say "no"', "a'b", "a\\u0041", "$.x[0]"]
)
def test_any_id_is_kept_published_and_exported(tmp_path: Path, article_id: str) -> None:
    base, copy = (KnowledgeBase.create(tmp_path / name) for name in ("kb", "copy"))
    text = Article(article_id=article_id, title="T", body="Some text.")
    base.import_articles([text], author="ana", reason="", now_ms=1)
    assert publish(base).changed_articles == 1
    assert base.read(article_id).published_version == 1
    assert [one.article_id for one in base.to_publish(9)] == [article_id]
    base.export(tmp_path / "out")
    copy.import_folder(tmp_path / "out", author="ana", reason="", now_ms=1)
    assert [one.article_id for one in copy.articles()] == [article_id]
    assert copy.read(article_id).body == "Some text."


@pytest.mark.parametrize("seed", range(6))
def test_the_tables_say_what_the_rules_say(tmp_path: Path, seed: int) -> None:
    """Random people at work on two articles; each state kept is the fold of the steps kept."""
    dice = random.Random(seed)
    base = KnowledgeBase.create(tmp_path / "kb")
    for at in range(1, 80):
        name, by = dice.choice("xy"), dice.choice(["ana", "bo"])
        if dice.random() < 0.3:
            base.save(article(name, f"Text {at}."), author=by, reason="", now_ms=at)
        elif dice.random() < 0.05:
            base.set_policy(dice.choice(list(ReviewPolicy)))
        else:
            try:
                version, to = dice.randint(1, 6), dice.choice(list(ArticleState))
                later_ms = dice.choice([0, 0, at + 20])
                base.move(name, version, to, by=by, now_ms=at, publish_at_ms=later_ms)
            except KnowledgeError:
                continue
    for now_ms in (80, 1_000):
        wanted = {}
        for one in base.articles():
            history = base.history(one.article_id)
            lives = fold(history.steps)
            assert {v.version: v.state for v in history.versions} == {
                version: life.state for version, life in lives.items()
            }
            if version := to_publish(lives, now_ms=now_ms):
                wanted[one.article_id] = version
        assert {one.article_id: one.version for one in base.to_publish(now_ms)} == wanted


def old_base(folder: Path) -> None:
    """A base as the program before life cycles left it."""
    (folder / "releases").mkdir(parents=True)
    connection = sqlite3.connect(folder / DATABASE)
    database = Database(connection)
    database.enable_wal()
    MIGRATIONS.apply(database, stop_before="0002_life_cycle")
    old: dict[str, object] = {
        "title": "Fees",
        "body": "Five.",
        "locale": "en-US",
        "audience": "",
        "products": [],
    }
    old |= {"tags": [], "owner": "", "review_days": 0, "variants": [], "version": 0}
    old |= {"updated_ms": 0, "published_version": 0}
    dates = {"valid_from": "2025-02-05", "valid_until": "soon", "applies_to": {"tier": "gold"}}
    for version, extra in ((1, {}), (2, {**dates, "legacy": [1]})):
        text = msgspec.json.encode({"article_id": "fees", **old, "extra": extra}).decode()
        database.table("versions").insert(
            {
                "article_id": "fees",
                "version": version,
                "article": text,
                "author": "ana",
                "reason": "",
                "saved_ms": version,
            }
        )
    database.table("articles").insert({"article_id": "fees", "version": 2})
    database.table("releases").insert(
        {
            "release": 1,
            "made_ms": 3,
            "author": "ana",
            "reason": "",
            "passages": 1,
            "versions": '{"fees":1,"gone":4}',
        }
    )
    database.table("uses").insert({"release": 1, "author": "ana", "reason": "", "at_ms": 3})
    connection.close()


def test_a_base_from_before_opens_with_all_of_it_approved(tmp_path: Path) -> None:
    old_base(tmp_path / "kb")
    base = KnowledgeBase.open(tmp_path / "kb")
    read = base.read("fees")
    assert (read.valid_from, read.valid_until, read.applies_to) == (
        "2025-02-05",
        "",
        {"tier": ("gold",)},
    )
    assert read.extra == {"legacy": [1], "valid_until_unread": "soon"}
    history = base.history("fees")
    assert [one.state for one in history.versions] == [APPROVED, PUBLISHED]
    assert history.steps == (
        Step(version=1, by="ana", at_ms=1, state=APPROVED),
        Step(version=2, by="ana", at_ms=2, state=APPROVED),
    )
    assert [(one.release, one.articles, one.override) for one in base.releases()] == [(1, 2, "")]
    assert base.policy is ReviewPolicy.NONE  # as it was: who saves needs nobody
    base.save(article("fees", "Six."), author="ana", reason="", now_ms=4)
    info = publish(base)
    assert (info.release, info.articles, info.changed_articles) == (2, 1, 2)
    assert KnowledgeBase.open(tmp_path / "kb").read("fees").body == "Six."
