"""What agents would find if a draft were published: a search with it in its article's place."""

import numpy as np
from msgspec.structs import replace

from knowledge_base.applies import ANYONE, Applies, Scope
from knowledge_base.article import Article
from knowledge_base.contents import Contents, cut_up
from knowledge_base.embedding import Embedder, Vectors
from knowledge_base.fusion import Evidence, best_passages, fuse
from knowledge_base.query import plain_question
from knowledge_base.release_tables import words_of
from knowledge_base.search import Found, RankedArticle, Searcher, leads
from knowledge_base.text_index import FoundWords

_DRAFT = -1  # its number: the release has none for it


def search_with_draft(
    searcher: Searcher,
    draft: Article,
    query: str,
    *,
    embedder: Embedder,
    limit: int = 5,
    applies: Applies = ANYONE,
) -> list[Found]:
    """Passages for a question, best first, as if the draft were in the release.

    Only the draft is embedded. How rare words are is counted without it, so a score may differ a
    little from that of the release made later.
    """
    question = plain_question(query)
    if not question:
        return []
    [vector] = embedder.encode([question])
    ranked = [
        one
        for one in searcher.rank(query, vector, applies=applies)
        if searcher.article_id(one.article) != draft.article_id
    ]
    contents = cut_up([draft])
    if Scope.of(draft).suits(applies):
        ranked.append(
            _rank(searcher, draft, contents, question=question, vector=vector, embedder=embedder)
        )
    ranked.sort(key=lambda one: -one.score)
    with_leads = [
        replace(one, lead=lead)
        for one, lead in zip(ranked, leads([one.score for one in ranked]), strict=True)
    ]
    return [
        _found(searcher, draft, contents, ranked=one, vector=vector, embedder=embedder)
        if one.article == _DRAFT
        else searcher.found(one, vector)
        for one in with_leads[:limit]
    ]


def _rank(
    searcher: Searcher,
    draft: Article,
    contents: Contents,
    *,
    question: str,
    vector: Vectors,
    embedder: Embedder,
) -> RankedArticle:
    rows = contents.searched
    shares = {
        at: searcher.words.share_of(words_of(draft, at, passage), question, locale=draft.locale)
        for at, _, passage in contents.passages
    }
    evidence = Evidence(
        near=embedder.encode([row.text for row in rows]) @ vector,
        passages=np.array([row.passage for row in rows], np.int64),
        begins=np.zeros(1, np.int64),
        words=FoundWords(exact=shares, alike={}),
    )
    return RankedArticle(
        article=_DRAFT,
        passage=int(best_passages(evidence)[0]),
        score=float(fuse(evidence)[0]),
    )


def _found(
    searcher: Searcher,
    draft: Article,
    contents: Contents,
    *,
    ranked: RankedArticle,
    vector: Vectors,
    embedder: Embedder,
) -> Found:
    _, _, passage = contents.passages[ranked.passage]
    spoken = [row for row in contents.sentences if row.passage == ranked.passage]
    near = embedder.encode([row.text for row in spoken]) @ vector
    answer = spoken[int(np.argmax(near))] if spoken else None
    return Found(
        article_id=draft.article_id,
        title=draft.title,
        heading=passage.heading,
        passage=passage.text,
        score=searcher.calibration.probability(score=ranked.score, lead=ranked.lead),
        answer=(answer.start, answer.end) if answer else None,
        version=draft.version,
        release=searcher.release,
        updated_ms=draft.updated_ms,
    )
