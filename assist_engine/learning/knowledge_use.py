"""Reads from a call's events which articles served it, and which questions it asked.

Pure: what a need is (`is_need`) and what tells who asked (`without_identity`) are decided elsewhere
and handed in.
"""

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

import msgspec
from msgspec.structs import replace

from assist_engine.call.fold import apply
from assist_engine.call.plain_talk import content_words, substance
from assist_engine.call.selectors import current_intent, customer_facts, customer_utterances
from assist_engine.call.state import CallState
from assist_engine.contract import events
from assist_engine.contract.events import Recorded
from assist_engine.contract.ids import ArticleId, SuggestionId, UtteranceId
from assist_engine.contract.values import Suggestion, SuggestionKind

WithoutIdentity: TypeAlias = Callable[[str, Sequence[str]], str]
"""Takes out of a text, for a customer of these names, what tells who asked."""

SOLVED: Final = "Solved"
_FULL_QUESTION: Final = 3  # content words; fewer live on what was said before


class CallUse(msgspec.Struct, frozen=True, kw_only=True):
    """What one call did with one article. Times are ms of audio."""

    article_id: ArticleId
    version: int = 0
    release: int = 0
    intent: str = ""  # when it was offered, or opened
    offered: bool = False
    opened: bool = False
    used: bool = False
    helpful: bool = False
    not_helpful: bool = False
    dismissed: bool = False
    dismissed_why: str = ""
    withdrawn: bool = False
    dwell_ms: int = 0  # from the card's coming till it was used, put away or the call's end
    solved: bool = False


class ShownAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The article card that a question brought; `is_rejected`: dismissed, or rated of no help."""

    article_id: ArticleId
    score: float
    version: int
    release: int
    is_rejected: bool


class CallQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """Something a customer asked, without what tells who asked."""

    utterance_id: UtteranceId
    text: str
    asked_ms: int  # wall clock
    intent: str
    queue: str
    shown: ShownAnswer | None = None


class CallKnowledge(msgspec.Struct, frozen=True, kw_only=True):
    """What one call teaches the knowledge base; `seq`: up to which event."""

    seq: int
    ended_ms: int  # wall clock
    locale: str = ""
    facts: dict[str, str | int | float | bool] = {}  # of the customer; to search with, not to keep
    uses: tuple[CallUse, ...] = ()
    questions: tuple[CallQuestion, ...] = ()


def learn(
    recorded: Sequence[Recorded],
    *,
    is_need: Callable[[str], bool],
    without_identity: WithoutIdentity,
) -> CallKnowledge:
    """What a released call teaches; of a call that is going on, what it taught so far."""
    log = _UseLog()
    state = CallState(call_id=recorded[0].call_id)
    heard_ms: dict[UtteranceId, int] = {}
    for item in recorded:
        state = apply(state, item)
        log.add(item, state)
        if isinstance(item.event, events.UtteranceFinal):
            heard_ms[item.event.utterance_id] = item.recorded_ms
    uses = log.uses(state)
    return CallKnowledge(
        seq=state.seq,
        ended_ms=state.released_at_ms or recorded[-1].recorded_ms,
        locale=state.locale,
        facts=customer_facts(state),
        uses=uses,
        questions=_questions(
            state, uses, heard_ms, is_need=is_need, without_identity=without_identity
        ),
    )


class _UseLog:
    """Gathers what happened to each article while events go by."""

    def __init__(self) -> None:
        self._uses: dict[ArticleId, CallUse] = {}
        self._article_of: dict[SuggestionId, ArticleId] = {}
        self._since_ms: dict[ArticleId, int] = {}  # cards whose dwell still counts
        self._released_ms: int | None = None

    def add(self, item: Recorded, state: CallState) -> None:
        """Take one event in; `state` is the call's after it."""
        match item.event:
            case events.SuggestionMade(suggestion=suggestion):
                self._offer(suggestion, state, at_ms=item.audio_ms)
            case events.ArticleOpened(article_id=article_id):
                intent = self._of(article_id).intent or _intent_now(state)
                self._uses[article_id] = replace(self._of(article_id), opened=True, intent=intent)
            case events.SuggestionUsed(suggestion_id=sid):
                self._decide(sid, item.audio_ms, used=True)
            case events.SuggestionDismissed(suggestion_id=sid, reason=reason):
                self._decide(sid, item.audio_ms, dismissed=True, dismissed_why=reason)
            case events.SuggestionWithdrawn(suggestion_id=sid):
                self._decide(sid, item.audio_ms, withdrawn=True)
            case events.SuggestionRated(suggestion_id=sid, is_helpful=is_helpful):
                self._change(sid, helpful=is_helpful, not_helpful=not is_helpful)
            case events.CallReleased():
                self._released_ms = item.audio_ms
            case _:
                pass

    def uses(self, state: CallState) -> tuple[CallUse, ...]:
        """One entry an article, in the order in which the call met them."""
        end_ms = state.audio_ms if self._released_ms is None else self._released_ms
        for article_id in list(self._since_ms):
            self._stop_dwell(article_id, end_ms)
        wrap_up = state.wrap_up or state.wrap_up_draft
        is_solved = wrap_up is not None and wrap_up.outcome == SOLVED
        return tuple(replace(use, solved=use.used and is_solved) for use in self._uses.values())

    def _of(self, article_id: ArticleId) -> CallUse:
        return self._uses.get(article_id, CallUse(article_id=article_id))

    def _offer(self, suggestion: Suggestion, state: CallState, *, at_ms: int) -> None:
        article = suggestion.article
        if suggestion.kind is not SuggestionKind.ARTICLE or article is None:
            return
        self._article_of[suggestion.suggestion_id] = article.article_id
        self._since_ms[article.article_id] = at_ms
        self._uses[article.article_id] = replace(
            self._of(article.article_id),
            offered=True,
            version=article.version,
            release=article.release,
            intent=_intent_of(suggestion, state),
        )

    def _decide(self, suggestion_id: SuggestionId, at_ms: int, **changes: bool | str) -> None:
        if article_id := self._article_of.get(suggestion_id):
            self._stop_dwell(article_id, at_ms)
            self._change(suggestion_id, **changes)

    def _change(self, suggestion_id: SuggestionId, **changes: bool | str) -> None:
        if article_id := self._article_of.get(suggestion_id):
            self._uses[article_id] = replace(self._uses[article_id], **changes)

    def _stop_dwell(self, article_id: ArticleId, at_ms: int) -> None:
        since_ms = self._since_ms.pop(article_id, None)
        if since_ms is not None:
            dwell_ms = max(0, at_ms - since_ms)
            self._uses[article_id] = replace(self._uses[article_id], dwell_ms=dwell_ms)


def _intent_now(state: CallState) -> str:
    read = current_intent(state)
    return read.intent if read else ""


def _intent_of(suggestion: Suggestion, state: CallState) -> str:
    """The intent of the words that brought a card, or else the newest one."""
    for evidence in suggestion.evidence:
        said = state.utterance(evidence.utterance_id) if evidence.utterance_id else None
        if said and said.intents:
            return said.intents[-1].intent
    return _intent_now(state)


def _questions(
    state: CallState,
    uses: Sequence[CallUse],
    heard_ms: dict[UtteranceId, int],
    *,
    is_need: Callable[[str], bool],
    without_identity: WithoutIdentity,
) -> tuple[CallQuestion, ...]:
    shown = _shown_answers(state, {use.article_id: use for use in uses})
    names = [state.customer.name] if state.customer else []
    asked: list[CallQuestion] = []
    intent = ""
    for said in customer_utterances(state):
        final = said.final
        intent = said.intents[-1].intent if said.intents else intent
        text = substance(without_identity(final.text, names))
        if len(content_words(text)) >= _FULL_QUESTION and is_need(final.text):
            question = CallQuestion(
                utterance_id=final.utterance_id,
                text=text,
                asked_ms=heard_ms.get(final.utterance_id, state.offered_at_ms),
                intent=intent,
                queue=state.queue,
                shown=shown.get(final.utterance_id),
            )
            asked.append(question)
    return tuple(asked)


def _shown_answers(
    state: CallState, uses: dict[ArticleId, CallUse]
) -> dict[UtteranceId, ShownAnswer]:
    shown: dict[UtteranceId, ShownAnswer] = {}
    for card in state.cards:
        article, evidence = card.suggestion.article, card.suggestion.evidence
        asked_by = next((one.utterance_id for one in evidence if one.utterance_id), None)
        if article is None or asked_by is None or article.article_id not in uses:
            continue
        use = uses[article.article_id]
        shown[asked_by] = ShownAnswer(
            article_id=article.article_id,
            score=card.suggestion.probability,
            version=article.version,
            release=article.release,
            is_rejected=(use.dismissed or use.not_helpful) and not use.used,
        )
    return shown
