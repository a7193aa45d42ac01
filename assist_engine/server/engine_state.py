"""What connections need of the engine: how far it is, its calls, its library."""

from assist_engine.call.decide import Refusal
from assist_engine.contract.answers import Answer, EngineStatus
from assist_engine.contract.ids import CallId
from assist_engine.server.library import Library
from assist_engine.session.fan_out import Subscriber
from assist_engine.session.live_calls import LiveCalls


class EngineState:
    """Starts without calls and library; they come when the models are loaded."""

    def __init__(self, status: EngineStatus) -> None:
        self.status = status
        self.status_listeners: set[Subscriber] = set()
        self._calls: LiveCalls | None = None
        self._library: Library | None = None

    @property
    def calls(self) -> LiveCalls:
        """The live calls; raises `Refusal` while models load."""
        if self._calls is None:
            raise Refusal("engine.starting", f"the engine is not ready yet: {self.status.stage}")
        return self._calls

    @property
    def library(self) -> Library:
        """The knowledge requests; raises `Refusal` while models load."""
        if self._library is None:
            raise Refusal("engine.starting", f"the engine is not ready yet: {self.status.stage}")
        return self._library

    @property
    def is_open(self) -> bool:
        """Whether new calls are accepted."""
        return self._calls is not None and not self._calls.is_draining

    @property
    def live_calls(self) -> LiveCalls | None:
        """The live calls, or None while models load and at the end."""
        return self._calls

    def open(self, calls: LiveCalls, library: Library) -> None:
        """Accept calls and requests."""
        self._calls, self._library = calls, library

    def close(self) -> None:
        """Accept no more."""
        self._calls = None

    def report(self, status: EngineStatus) -> None:
        """Tell every connection how far the engine is."""
        self.status = status
        self.tell_all(status)

    def leave(self, listener: Subscriber) -> None:
        """Send nothing more to a connection."""
        self.status_listeners.discard(listener)
        if self._calls is not None:
            self._calls.fan_out.leave(listener)

    def detach(self, call_id: CallId) -> None:
        """The connection that held a call is gone."""
        if self._calls is not None:
            self._calls.detach(call_id)

    def tell_all(self, answer: Answer) -> None:
        """Send to every connection."""
        for listener in self.status_listeners:
            listener.put_answer(answer)
