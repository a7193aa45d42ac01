"""What one desktop and its engine say to each other, over as many connections as it takes.

Sans-I/O: `receive` takes what came, `to_send` gives what goes out. Everything posted is kept
until it is answered and said again on the next connection; audio is kept for 90 s.
"""

import threading
from collections import deque
from typing import Final

from msgspec.structs import replace

from agent_desktop.link.own_call import OwnCall
from assist_engine.call.fold import SequenceGap
from assist_engine.contract import answers, commands, events
from assist_engine.contract.answers import Answer
from assist_engine.contract.commands import Hello, OpenCall, ReleaseCall, Saying, Watch, WatchAll
from assist_engine.contract.events import Recorded
from assist_engine.contract.ids import CallId
from assist_engine.contract.wire import (
    Said,
    decode_from_engine,
    encode_said,
)

KEPT_AUDIO_MS: Final = 90_000
BATCH: Final = 32
MOST_HELD: Final = 2_000  # calls a wall remembers, so that `watch.all` stays small
REFUSING_CODES: Final = frozenset({"access.token", "access.role"})


class Conversation:
    """May be used from several threads. `refusal` is set once the engine does not want us."""

    def __init__(self, hello: Hello, *, kept_ms: int = KEPT_AUDIO_MS, room: int = 1_000) -> None:
        self._lock = threading.Lock()
        self._hello = hello
        self._kept_ms = kept_ms
        self._room = room
        self._next_ref = 1
        self._hello_ref = 0
        self._waiting: deque[Said] = deque()
        self._unanswered: dict[int, Said] = {}
        self._own: OwnCall | None = None
        self._watched: dict[CallId, int] = {}  # to the ref it is said under
        self._all_ref = 0  # of the watch over all calls; 0: none
        self._held: dict[CallId, int] = {}
        self._is_greeted = False
        self._is_ready = False
        self.refusal = ""

    @property
    def unsent_ms(self) -> int:
        """Audio of the own call that waits to be sent."""
        with self._lock:
            return self._own.unsent_ms if self._own else 0

    def post(self, saying: Saying) -> int:
        """Say something as soon as the engine hears it.

        Returns the `ref` of its answer (from 1), or 0 where too much waits already.
        """
        with self._lock:
            if len(self._waiting) + len(self._unanswered) >= self._room:
                return 0
            said = self._numbered(saying)
            self._note(said)
            self._waiting.append(said)
            return said.ref

    def send_audio(self, channel: int, *, start_sample: int, pcm: bytes) -> None:
        """Keep a block of 16-bit mono PCM and send it when the call is open.

        While the call is paused silence is sent in its place: what is said then never leaves
        this computer.
        """
        with self._lock:
            if self._own:
                self._own.keep(channel, start_sample=start_sample, pcm=pcm)

    def connection_made(self) -> None:
        """Begin again on a new connection: greet, take up calls and watches, then the rest."""
        with self._lock:
            pending = sorted([*self._unanswered.values(), *self._waiting], key=lambda s: s.ref)
            kept = [s for s in pending if not isinstance(s.saying, OpenCall | Watch | WatchAll)]
            self._waiting = deque([*self._resumption(), *kept])
            self._unanswered = {}
            self._is_greeted = self._is_ready = False
            if self._own:
                self._own.is_opened = False

    def to_send(self) -> list[bytes | str]:
        """The next messages to send, at most a few dozen; empty: nothing can be sent now."""
        with self._lock:
            if not self._is_greeted:
                self._is_greeted = True
                said = self._numbered(self._hello)
                self._hello_ref = said.ref
                return [_text(said)]
            if not self._is_ready:
                return []
            messages: list[bytes | str] = [_text(said) for said in self._take_sayings()]
            if self._own and self._own.is_opened:
                messages += self._own.take_audio(BATCH)
            return messages

    def receive(self, data: bytes | str) -> list[Recorded | Answer]:
        """What the views must hear of it. Raises `WireError` or `SequenceGap`."""
        message = decode_from_engine(data)
        if message is None:
            return []
        with self._lock:
            if isinstance(message, Recorded):
                return [message] if self._is_news(message) else []
            is_own_end = isinstance(message, answers.Refused) and message.code == "call.released"
            self._hear(message)
            return [] if is_own_end else [message]

    def _numbered(self, saying: Saying) -> Said:
        ref, self._next_ref = self._next_ref, self._next_ref + 1
        return Said(ref=ref, saying=saying)

    def _note(self, said: Said) -> None:
        match said.saying:
            case OpenCall():
                self._own = OwnCall(said.saying, ref=said.ref, kept_ms=self._kept_ms)
            case Watch(call_id=call_id, after_seq=after_seq):
                self._watched[call_id] = said.ref
                self._hold({call_id: after_seq})
            case WatchAll(after=after):
                self._all_ref = said.ref
                self._hold(after)
            case ReleaseCall(call_id=call_id) if self._own:
                self._own.is_ending = self._own.is_ending or call_id == self._own.opening.call_id
            case commands.PauseCall(call_id=call_id):
                self._set_paused(call_id, is_paused=True)
            case commands.ContinueCall(call_id=call_id):
                self._set_paused(call_id, is_paused=False)
            case _:
                pass

    def _hold(self, after: dict[CallId, int]) -> None:
        for call_id, seq in after.items():
            if seq > self._held.get(call_id, 0):
                self._held[call_id] = seq

    def _set_paused(self, call_id: CallId, *, is_paused: bool) -> None:
        if self._own and self._own.opening.call_id == call_id:
            self._own.is_paused = is_paused

    def _resumption(self) -> list[Said]:
        own = self._own
        said: list[Said] = []
        if own and not own.is_released:
            said.append(Said(ref=own.ref, saying=own.opening))
        for call_id, ref in self._watched.items():
            said.append(Said(ref=ref, saying=Watch(call_id=call_id)))
        if self._all_ref:
            said.append(Said(ref=self._all_ref, saying=WatchAll()))
        return said

    def _take_sayings(self) -> list[Said]:
        taken: list[Said] = []
        blocked = False  # one saying about the own call waits, so do those after it
        left: deque[Said] = deque()
        for said in self._waiting:
            is_own = self._is_about_own_call(said.saying)
            blocked = blocked or (is_own and self._must_wait(said.saying))
            if len(taken) == BATCH or (is_own and blocked):
                left.append(said)
                continue
            taken.append(said)
            self._unanswered[said.ref] = said
        self._waiting = left
        return [self._fresh(said) for said in taken]

    def _fresh(self, said: Said) -> Said:
        """A watch asks from what is held now, which may be more than when it was posted."""
        match said.saying:
            case Watch(call_id=call_id):
                held = self._held.get(call_id, 0)
                return replace(said, saying=Watch(call_id=call_id, after_seq=held))
            case WatchAll():
                return replace(said, saying=WatchAll(after=dict(self._held)))
            case _:
                return said

    def _is_about_own_call(self, saying: Saying) -> bool:
        if self._own is None or isinstance(saying, OpenCall | Watch):
            return False
        return getattr(saying, "call_id", None) == self._own.opening.call_id

    def _must_wait(self, saying: Saying) -> bool:
        if self._own is None or self._own.is_released:
            return False
        if not self._own.is_opened:
            return True
        return isinstance(saying, ReleaseCall) and self._own.unsent_ms > 0

    def _is_news(self, recorded: Recorded) -> bool:
        held = self._held.get(recorded.call_id, 0)
        if recorded.seq <= held:
            return False
        if recorded.seq != held + 1:
            raise SequenceGap(call_id=recorded.call_id, expected=held + 1, got=recorded.seq)
        self._held[recorded.call_id] = recorded.seq
        if len(self._held) > MOST_HELD:
            self._held.pop(next(iter(self._held)))
        if self._own and self._own.opening.call_id == recorded.call_id:
            self._follow(self._own, recorded)
        return True

    def _follow(self, own: OwnCall, recorded: Recorded) -> None:
        match recorded.event:
            case events.CallReleased():
                own.is_released = True
                # The wrap-up is still to come; it is watched under the number of the opening.
                self._watched[recorded.call_id] = own.ref
            case events.CallPaused():
                own.is_paused = True
            case events.CallContinued():
                own.is_paused = False
            case events.WrapUpCompleted():
                self._watched.pop(recorded.call_id, None)
            case _:
                pass

    def _hear(self, answer: Answer) -> None:
        said = self._unanswered.pop(getattr(answer, "ref", 0), None)
        match answer:
            case answers.EngineStatus(is_ready=is_ready):
                self._is_ready = is_ready
            case answers.CallOpened(call_id=call_id, resume_from_ms=resume_from_ms):
                if self._own and self._own.opening.call_id == call_id:
                    self._own.opened(resume_from_ms)
            case answers.Refused():
                self._refused(answer, said)
            case _:
                pass

    def _refused(self, refused: answers.Refused, said: Said | None) -> None:
        if refused.ref == self._hello_ref or (refused.code in REFUSING_CODES and not refused.ref):
            self.refusal = refused.message
        if said is None or self._own is None or not isinstance(said.saying, OpenCall):
            return
        if refused.code == "call.released":  # its end was recorded, but did not reach us
            call_id = said.saying.call_id
            self._own.is_released = True
            self._watched[call_id] = said.ref
            self._waiting.appendleft(Said(ref=said.ref, saying=Watch(call_id=call_id)))
        else:
            self._own = None


def _text(said: Said) -> str:
    return encode_said(said).decode()
