"""What an agent can do on a call, each as one command to the engine."""

from agent_desktop.view_models.call_model import CallModel
from assist_engine.contract import commands, knowledge_requests
from assist_engine.contract.ids import ArticleId, CallId, SuggestionId
from assist_engine.contract.values import WrapUp


class CallActions:
    """Verbs of the agent view. Without a call, those about a call do nothing."""

    def __init__(self, model: CallModel) -> None:
        self._model = model

    def use(self, suggestion_id: SuggestionId) -> None:
        """Use a card."""
        if call_id := self._call_id():
            self._model.give(commands.UseSuggestion(call_id=call_id, suggestion_id=suggestion_id))

    def dismiss(self, suggestion_id: SuggestionId, *, reason: str = "") -> None:
        """Put a card away."""
        if call_id := self._call_id():
            self._model.give(
                commands.DismissSuggestion(
                    call_id=call_id, suggestion_id=suggestion_id, reason=reason
                )
            )

    def rate(self, suggestion_id: SuggestionId, *, is_helpful: bool) -> None:
        """Say whether a card helped."""
        if call_id := self._call_id():
            self._model.give(
                commands.RateSuggestion(
                    call_id=call_id, suggestion_id=suggestion_id, is_helpful=is_helpful
                )
            )

    def pause(self) -> None:
        """Stop recognition and storage."""
        if call_id := self._call_id():
            self._model.give(commands.PauseCall(call_id=call_id))

    def go_on(self) -> None:
        """Take recognition and storage up again."""
        if call_id := self._call_id():
            self._model.give(commands.ContinueCall(call_id=call_id))

    def release(self) -> None:
        """Hang up."""
        if call_id := self._call_id():
            self._model.give(commands.ReleaseCall(call_id=call_id))

    def note(self, text: str) -> None:
        """Write something down; blank text is nothing."""
        if (call_id := self._call_id()) and text.strip():
            self._model.give(commands.TakeNote(call_id=call_id, text=text.strip()))

    def complete(self, wrap_up: WrapUp) -> None:
        """Accept the wrap-up."""
        if call_id := self._call_id():
            self._model.give(commands.CompleteWrapUp(call_id=call_id, wrap_up=wrap_up))

    def search(self, query: str) -> None:
        """Find passages; blank text is nothing."""
        if query.strip():
            self._model.give(knowledge_requests.SearchKnowledge(query=query.strip()))

    def read(self, article_id: ArticleId) -> None:
        """Fetch a whole article."""
        self._model.give(knowledge_requests.ReadArticle(article_id=article_id))

    def _call_id(self) -> CallId | None:
        return self._model.state.call_id if self._model.state else None
