"""What an agent can do on a call, each as one command to the engine."""

from agent_desktop.view_models.call_model import CallModel
from assist_engine.contract import actions, commands, knowledge_requests
from assist_engine.contract.ids import (
    ActionId,
    ActionKey,
    ArticleId,
    CallId,
    PlaybookId,
    SuggestionId,
)
from assist_engine.contract.values import GuidanceMode, WrapUp


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

    def tick(self, playbook_id: PlaybookId, item: str, *, is_done: bool) -> None:
        """Tick a step of a checklist, or take the tick back."""
        if call_id := self._call_id():
            self._model.give(
                commands.TickChecklist(
                    call_id=call_id, playbook_id=playbook_id, item=item, is_done=is_done
                )
            )

    def choose_mode(self, mode: GuidanceMode) -> None:
        """Say how much guidance is wanted, on this call and the next ones."""
        self._model.choose_mode(mode)
        if call_id := self._call_id():
            self._model.give(commands.SetGuidanceMode(call_id=call_id, mode=mode))

    def preview(self, suggestion_id: SuggestionId, action_id: ActionId, *, note: str = "") -> None:
        """Ask what an action would do."""
        if call_id := self._call_id():
            self._model.give(
                actions.PreviewAction(
                    call_id=call_id, suggestion_id=suggestion_id, action_id=action_id, note=note
                )
            )

    def run(self, previewed: actions.ActionPreviewed) -> None:
        """Confirm what was previewed; the engine counts it as a use of its card."""
        self._model.give(
            actions.RunAction(
                call_id=previewed.call_id,
                suggestion_id=previewed.suggestion_id,
                action_id=previewed.action_id,
                key=previewed.key,
            )
        )

    def undo(self, key: ActionKey) -> None:
        """Take back what an action did."""
        if call_id := self._call_id():
            self._model.give(actions.UndoAction(call_id=call_id, key=key))

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
