"""Teaches the knowledge base what ended calls did with articles, and what they asked in vain."""

import asyncio
import logging

import msgspec

from assist_engine.contract.ids import CallId
from assist_engine.errors import AssistError
from assist_engine.learning.knowledge_use import CallKnowledge, CallQuestion
from assist_engine.session.knowledge_finder import KnowledgeFinder
from knowledge_base.errors import KnowledgeError
from knowledge_base.gap_articles import try_to_close
from knowledge_base.gaps import GapBook
from knowledge_base.usage import AskedQuestion, RecordedUse, UsageBook

log = logging.getLogger(__name__)


class LessonLost(AssistError):
    """The knowledge base could not take in what a call taught; the text says why."""

    code = "learning.lost"


class KnowledgeTeacher:
    """Writes into one knowledge base, a call at a time. Raises `LessonLost`."""

    def __init__(self, finder: KnowledgeFinder) -> None:
        self._finder = finder
        self._book = UsageBook(finder.base.folder)
        self._gaps = GapBook(finder.base.folder)

    async def known(self, since_ms: int) -> dict[str, int]:
        """Up to which event each call was taken in, of calls that ended since then."""
        try:
            return await asyncio.to_thread(self._book.learned, since_ms)
        except KnowledgeError as error:
            raise LessonLost(str(error)) from error

    async def teach(self, call_id: CallId, taught: CallKnowledge) -> None:
        """Keep what a call taught, and put its questions without an answer into gaps."""
        questions = [await self._asked(call_id, question, taught) for question in taught.questions]
        uses = [RecordedUse(**msgspec.structs.asdict(use)) for use in taught.uses]

        def keep() -> None:
            self._book.record(
                call_id, seq=taught.seq, ended_ms=taught.ended_ms, uses=uses, questions=questions
            )
            self._gaps.sort_new(self._finder.embedder, now_ms=self._finder.now_ms())

        try:
            await asyncio.to_thread(keep)
            await self._finder.weigh_use()
        except KnowledgeError as error:
            raise LessonLost(f"call {call_id}: {error}") from error

    async def try_gaps(self) -> None:
        """Ask the release in use the questions of the gaps; what it answers is closed."""
        finder, searcher = self._finder, self._finder.searcher
        if searcher is None:
            return
        try:
            closed = await asyncio.to_thread(
                try_to_close, finder.base, searcher, finder.embedder, now_ms=finder.now_ms()
            )
        except KnowledgeError as error:
            raise LessonLost(f"release {searcher.release}: {error}") from error
        for gap in closed:
            log.info("release %d closes %s: %s", searcher.release, gap.gap_id, gap.label)

    async def _asked(
        self, call_id: CallId, question: CallQuestion, taught: CallKnowledge
    ) -> AskedQuestion:
        """A question with the card that it brought, or else with the best there is for it."""
        asked = AskedQuestion(
            call_id=call_id,
            utterance_id=question.utterance_id,
            text=question.text,
            asked_ms=question.asked_ms,
            intent=question.intent,
            queue=question.queue,
            release=self._finder.release,
        )
        if (shown := question.shown) is not None:
            return msgspec.structs.replace(
                asked,
                article_id=shown.article_id,
                version=shown.version,
                score=shown.score,
                release=shown.release,
                shown=True,
                rejected=shown.is_rejected,
                answered=not shown.is_rejected,
            )
        threshold = self._finder.threshold
        found = await self._finder.find(
            question.text,
            products=(question.queue,) if question.queue else (),
            locale=taught.locale,
            facts=taught.facts,
            intent=question.intent,
            limit=1,
        )
        if not found:
            return asked
        return msgspec.structs.replace(
            asked,
            article_id=found[0].article_id,
            version=found[0].version,
            score=found[0].score,
            answered=found[0].score >= threshold,
        )
