"""Runs the rules. `blocking` is what keeps a release back; `check` is all that helps an author."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, TypeAlias

from knowledge_base.article import Article
from knowledge_base.embedding import Embedder
from knowledge_base.lint.finding import Finding, Severity
from knowledge_base.lint.meaning import Meaning, OnProgress
from knowledge_base.lint.rules.contradiction import contradiction
from knowledge_base.lint.rules.links import dead_link
from knowledge_base.lint.rules.near_duplicate import near_duplicate
from knowledge_base.lint.rules.placeholder import placeholder
from knowledge_base.lint.rules.reading_level import reading_level
from knowledge_base.lint.rules.same_text import exact_duplicate, same_title
from knowledge_base.lint.rules.size import headless, too_long
from knowledge_base.lint.rules.title import title
from knowledge_base.lint.rules.upkeep import no_owner, no_review, no_variants, stale
from knowledge_base.lint.rules.validity import validity
from knowledge_base.lint.sheet import Sheet

Rule: TypeAlias = Callable[[Sheet], Iterable[Finding]]
MeaningRule: TypeAlias = Callable[[Sheet, Meaning], Iterable[Finding]]

BLOCKING: Final[tuple[Rule, ...]] = (exact_duplicate, dead_link, validity)
READING: Final[tuple[Rule, ...]] = (
    same_title,
    placeholder,
    stale,
    too_long,
    headless,
    title,
    reading_level,
    no_variants,
    no_owner,
    no_review,
)
MEANING: Final[tuple[MeaningRule, ...]] = (contradiction, near_duplicate)
_ORDER: Final = {severity: at for at, severity in enumerate(Severity)}


def blocking(articles: Sequence[Article], *, today: dt.date) -> list[Finding]:
    """Errors only: what keeps a release of these articles back. No model is asked."""
    sheet = Sheet(articles, today=today)
    found = (finding for rule in BLOCKING for finding in rule(sheet))
    return [finding for finding in found if finding.severity is Severity.ERROR]


def check(
    articles: Sequence[Article],
    *,
    today: dt.date,
    embedder: Embedder,
    changed: Collection[str] | None = None,
    review_due: Mapping[str, int] | None = None,
    release: Path | None = None,
    also: Collection[str] = (),
    on_progress: OnProgress = lambda done, total: None,
) -> list[Finding]:
    """All findings, the worst first.

    `changed`: only those that touch these articles. `review_due`: when each is to be looked at, ms
    since 1970, as the base knows it. `release`: the folder of a release, whose vectors are taken
    over. `also`: ids of articles that are there too but are not compared with. `on_progress(done,
    total)` counts texts that are embedded.
    """
    sheet = Sheet(articles, today=today, changed=changed, review_due=review_due, also=also)
    meaning = Meaning(embedder, release=release, on_progress=on_progress)
    found = [finding for rule in (*BLOCKING, *READING) for finding in rule(sheet)]
    found += [finding for rule in MEANING for finding in rule(sheet, meaning)]
    return sorted(found, key=lambda finding: _ORDER[finding.severity])
