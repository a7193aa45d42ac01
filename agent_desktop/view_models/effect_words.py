"""The effect of a release in words: counts, the questions, the health score and its parts."""

from agent_desktop.translation import tr
from agent_desktop.view_models.article_list import ArticleList
from agent_desktop.view_models.note import Mark, Note
from agent_desktop.view_models.rank_moves import Move, ordinal
from assist_engine.contract.knowledge_answers import (
    ArticleSummary,
    Effect,
    HealthPart,
    QuestionEffect,
)


def set_name(effect: Effect) -> str:
    """What a set of questions is called; sets that the engine does not make keep their name."""
    known = {
        "golden questions": tr("golden questions"),
        "calls of the last 7 days": tr("calls of the last 7 days"),
    }
    return known.get(effect.name, effect.name)


def effect_line(effect: Effect) -> str:
    """The counts of a set of questions in one line."""
    parts = [
        tr("▲ {count} better", count=f"{len(effect.better):,}"),
        tr("▼ {count} worse", count=f"{len(effect.worse):,}"),
    ]
    if effect.changed:
        parts.append(tr("≠ {count} answered differently", count=len(effect.changed)))
    return " · ".join([*parts, tr("= {count} the same", count=f"{effect.same:,}")])


def question_notes(effect: Effect, *, listing: ArticleList) -> tuple[Note, ...]:
    """The questions whose answer changes: worse ones first, they are what to look at."""
    groups = (
        (effect.worse, Mark.BAD, f"{Move.DOWN.value} {tr('worse')}"),
        (effect.changed, Mark.CARE, f"≠ {tr('different')}"),
        (effect.better, Mark.GOOD, f"{Move.UP.value} {tr('better')}"),
    )
    return tuple(
        Note(
            key=f"{word}:{place}",
            text=tr("“{question}”", question=question.question),
            detail=_movement(question, listing=listing),
            word=word,
            mark=mark,
        )
        for questions, mark, word in groups
        for place, question in enumerate(questions)
    )


def _movement(question: QuestionEffect, *, listing: ArticleList) -> str:
    before = listing.title(question.before) if question.before else tr("no answer")
    after = listing.title(question.after) if question.after else tr("no answer")
    answers = before if before == after else tr("{before} → {after}", before=before, after=after)
    if not question.wanted:
        return answers
    ranks = tr(
        "right article {before} → {after}",
        before=_rank(question.rank_before),
        after=_rank(question.rank_after),
    )
    return f"{answers} · {ranks}"


def _rank(rank: int) -> str:
    return ordinal(rank) if rank else tr("not shown")


def health_words(health: float) -> str:
    """The health score, of a hundred."""
    return tr("health {score} of 100", score=round(100 * health))


def health_note(part: HealthPart) -> Note:
    """One part of the health score."""
    mark = Mark.GOOD if part.score >= 0.8 else Mark.CARE if part.score >= 0.5 else Mark.BAD
    return Note(
        key=part.name,
        text=part.name,
        detail=part.told,
        word=str(round(100 * part.score)),
        mark=mark,
    )


def change_words(article: ArticleSummary) -> str:
    """What a release does to an article, with a mark."""
    if not article.published_version:
        return tr("+ {title} · new", title=article.title)
    if article.state.value == "archived":
        return tr("− {title} · taken out", title=article.title)
    return tr(
        "± {title} · v{old} → v{new}",
        title=article.title,
        old=article.published_version,
        new=article.version,
    )
