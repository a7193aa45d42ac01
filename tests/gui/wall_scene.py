"""Calls for the wall's tests: each a list of events in their envelopes, seq without holes."""

from collections.abc import Iterable

from assist_engine.contract import events
from assist_engine.contract.events import Event, Recorded
from assist_engine.contract.ids import (
    AgentId,
    AlertId,
    CallId,
    CustomerId,
    ParticipantId,
    SuggestionId,
    UtteranceId,
)
from assist_engine.contract.values import (
    AlertVerdict,
    CustomerProfile,
    Emotion,
    EntityType,
    Evidence,
    Felt,
    Participant,
    Redaction,
    Role,
    Sentiment,
    Suggestion,
    SuggestionKind,
)

START_MS = 1_790_000_000_000
CUSTOMER = ParticipantId("customer")
AGENT = ParticipantId("agent")


class Scene:
    """One call being written; `take` gives what was written since the last time."""

    def __init__(
        self,
        call: str,
        *,
        agent: str = "Kim",
        queue: str = "orders",
        customer: str = "",
        offered_ms: int = 0,
    ) -> None:
        self.call_id = CallId(call)
        self._offered_ms = START_MS + offered_ms
        self._seq = 0
        self._at_ms = 0
        self._said = 0
        self._new: list[Recorded] = []
        self.add(
            events.CallOffered(
                caller_number="+1 555 0142",
                agent_id=AgentId(agent.lower()),
                agent_name=agent,
                queue=queue,
            )
        )
        for participant_id, role, channel in ((CUSTOMER, Role.CUSTOMER, 0), (AGENT, Role.AGENT, 1)):
            joined = Participant(participant_id=participant_id, role=role, channel=channel)
            self.add(events.ParticipantJoined(participant=joined))
        if customer:
            self.identify(customer)

    def take(self) -> list[Recorded]:
        new, self._new = self._new, []
        return new

    def add(self, event: Event) -> None:
        self._seq += 1
        self._new.append(
            Recorded(
                call_id=self.call_id,
                seq=self._seq,
                recorded_ms=self._offered_ms + self._at_ms,
                audio_ms=self._at_ms,
                event=event,
            )
        )

    def move_to(self, at_ms: int) -> None:
        self._at_ms = at_ms

    def identify(self, name: str) -> None:
        profile = CustomerProfile(
            customer_id=CustomerId(name), name=name, organisation="Harbor Shop"
        )
        self.add(events.CustomerIdentified(profile=profile, identified_by="caller number"))

    def says(
        self,
        role: Role,
        text: str,
        *,
        at_ms: int,
        length_ms: int = 4_000,
        redactions: tuple[Redaction, ...] = (),
    ) -> UtteranceId:
        self._said += 1
        self.move_to(max(self._at_ms, at_ms + length_ms))
        utterance_id = UtteranceId(f"u{self._said}")
        self.add(
            events.UtteranceFinal(
                utterance_id=utterance_id,
                participant_id=CUSTOMER if role is Role.CUSTOMER else AGENT,
                text=text,
                start_ms=at_ms,
                end_ms=at_ms + length_ms,
                redactions=redactions,
            )
        )
        return utterance_id

    def customer(
        self, text: str, *, at_ms: int, score: float | None = None, driver: str = ""
    ) -> UtteranceId:
        said = self.says(Role.CUSTOMER, text, at_ms=at_ms)
        if score is not None:
            low, high = score <= -0.2, score >= 0.2
            reads = Sentiment.NEGATIVE if low else Sentiment.NEUTRAL
            self.add(
                events.SentimentRead(
                    utterance_id=said,
                    sentiment=Sentiment.POSITIVE if high else reads,
                    score=score,
                    probability=0.9,
                )
            )
        if driver:
            self.add(events.DriverRead(utterance_id=said, driver=driver, label=driver))
        return said

    def agent(self, text: str, *, at_ms: int) -> UtteranceId:
        return self.says(Role.AGENT, text, at_ms=at_ms)

    def feels(self, uid: str, *felt: tuple[Emotion, float]) -> None:
        emotions = tuple(Felt(emotion, probability) for emotion, probability in felt)
        self.add(
            events.EmotionRead(utterance_id=UtteranceId(uid), emotions=emotions, intensity=0.7)
        )

    def does(self, uid: str, behaviour: str) -> None:
        self.add(
            events.BehaviourRead(
                utterance_id=UtteranceId(uid),
                behaviour=behaviour,
                label=behaviour,
                probability=0.9,
            )
        )

    def wants(self, label: str, *, probability: float = 0.9) -> None:
        self.add(
            events.IntentRead(
                utterance_id=UtteranceId(f"u{self._said}"),
                intent=label.replace(" ", "_"),
                label=label,
                probability=probability,
            )
        )

    def alert(self, title: str, *, quote: str, alert_id: str = "alert-1") -> None:
        self.add(
            events.AlertRaised(
                alert_id=AlertId(alert_id),
                rule="mood",
                title=title,
                evidence=(Evidence(quote=quote),),
            )
        )

    def acknowledged(self, verdict: AlertVerdict, *, alert_id: str = "alert-1") -> None:
        by = AgentId("supervisor")
        self.add(events.AlertAcknowledged(alert_id=AlertId(alert_id), by=by, verdict=verdict))

    def card(self, title: str, *, suggestion_id: str = "card") -> None:
        self.add(
            events.SuggestionMade(
                suggestion=Suggestion(
                    suggestion_id=SuggestionId(suggestion_id),
                    kind=SuggestionKind.NEXT_ACTION,
                    topic=suggestion_id,
                    title=title,
                    body="",
                    probability=0.8,
                    evidence=(),
                )
            )
        )

    def release(self) -> None:
        self.add(events.CallReleased())


def everything(scenes: Iterable[Scene]) -> list[Recorded]:
    return [recorded for scene in scenes for recorded in scene.take()]


def upset_call(call: str = "ana", *, offered_ms: int = 0) -> Scene:
    """Ana's mood falls until an alert is raised."""
    scene = Scene(call, customer="Ana Ruiz", offered_ms=offered_ms)
    scene.customer("hi it's about my order eight eight four one", at_ms=20_000, score=0.2)
    scene.agent("good morning ana let me have a look", at_ms=35_000)
    scene.customer("my parcel still hasn't arrived", at_ms=80_000, score=-0.1)
    scene.wants("late parcel")
    scene.card("Late or lost parcels", suggestion_id="late")
    scene.add(events.SuggestionUsed(suggestion_id=SuggestionId("late")))
    scene.customer("it was for my daughter's birthday", at_ms=120_000, score=0.3)
    scene.agent("i can only offer a voucher", at_ms=180_000)
    scene.customer(
        "this is the third time i call about it", at_ms=190_000, score=-0.8, driver="third contact"
    )
    scene.card("Send a replacement with express", suggestion_id="replace")
    scene.agent("i am so sorry that you had to wait that long", at_ms=300_000)
    scene.customer("well thank you", at_ms=310_000, score=0.5)
    scene.agent("i understand let me see what i can do", at_ms=381_000)
    scene.customer(
        "if it isn't here by saturday you can cancel everything i'll go elsewhere",
        at_ms=388_000,
        score=-0.9,
        driver="wants to cancel everything",
    )
    scene.alert(
        "two of the last three turns negative",
        quote="if it isn't here by saturday you can cancel everything i'll go elsewhere",
    )
    scene.move_to(400_000)
    return scene


def calm_call(call: str, *, customer: str = "", agent: str = "Ada", offered_ms: int = 0) -> Scene:
    """Nothing bad happens."""
    scene = Scene(call, customer=customer, agent=agent, queue="cards", offered_ms=offered_ms)
    scene.customer("i would like a new pin", at_ms=10_000, score=0.1)
    scene.wants("new pin")
    scene.agent("of course it takes three days", at_ms=16_000)
    scene.customer("great thank you", at_ms=24_000, score=0.6)
    return scene


def understood_call(call: str = "ana") -> Scene:
    """The upset call with what is read besides: emotions, behaviours, a redacted card."""
    scene = upset_call(call)
    scene.feels("u6", (Emotion.FRUSTRATION, 0.9), (Emotion.ANGER, 0.6))
    scene.does("u7", "empathy")
    scene.feels("u8", (Emotion.GRATITUDE, 0.6))
    scene.does("u2", "greeting")
    text = "my card is [CARD:4242] by the way"
    start = text.index("[")
    redaction = Redaction(EntityType.CARD, start, text.index("]") + 1)
    scene.says(Role.CUSTOMER, text, at_ms=402_000, redactions=(redaction,))
    scene.customer("and my husband died in may", at_ms=408_000, score=-0.4)
    scene.feels("u12", (Emotion.SADNESS, 0.8))
    quote = Evidence(quote="my husband died", utterance_id=UtteranceId("u12"))
    scene.add(
        events.DriverRead(
            utterance_id=UtteranceId("u12"),
            driver="vulnerability",
            label="Bereavement",
            evidence=(quote,),
        )
    )
    return scene
