"""What stands in the head of an article, as short facts for chips."""

import re
from typing import Final

from agent_desktop.translation import tr
from agent_desktop.view_models.note import day
from assist_engine.contract.knowledge_answers import ArticleSummary

_VARIANTS: Final = re.compile(r"^variants:[ \t]*\n((?:[ \t]*- .*\n?)+)", re.MULTILINE)


def variants_in(markdown: str) -> int:
    """How many ways of asking the front matter lists."""
    found = _VARIANTS.search(markdown.partition("\n---")[0] + "\n")
    return sum(bool(line.strip(" \t-")) for line in found[1].splitlines()) if found else 0


def facts_of(article: ArticleSummary, markdown: str) -> tuple[str, ...]:
    """Products, language, owner, what is due, how callers ask."""
    asked = variants_in(markdown)
    facts = [product.capitalize() for product in article.products]
    facts.append(article.locale)
    if article.owner:
        facts.append(tr("owner: {name}", name=article.owner))
    if article.review_due_ms:
        facts.append(tr("review by {day}", day=day(article.review_due_ms)))
    if article.valid_until:
        facts.append(tr("valid until {day}", day=article.valid_until))
    if asked:
        facts.append(tr("+ {count} ways callers ask", count=asked))
    return tuple(facts)
