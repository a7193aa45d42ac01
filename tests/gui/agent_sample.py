"""The call of the picture in the design: events and partials, oldest first."""

from assist_engine.contract import events
from assist_engine.contract.answers import EngineStatus, PartialHeard
from assist_engine.contract.events import Event, Recorded
from assist_engine.contract.ids import (
    AgentId,
    ArticleId,
    CallId,
    CustomerId,
    ParticipantId,
    PlaybookId,
    SuggestionId,
    UtteranceId,
)
from assist_engine.contract.values import (
    ArticleReference,
    ContactChannel,
    CustomerProfile,
    Evidence,
    FollowUp,
    Handoff,
    Participant,
    PredictedReason,
    Role,
    Sentiment,
    Span,
    Suggestion,
    SuggestionKind,
    SummaryLine,
    TimelineEntry,
    WrapUp,
)

CALL = CallId("call-1")
START_MS = 1_790_000_000_000
HOUR, DAY = 3_600_000, 86_400_000
ANA, KIM = ParticipantId("customer"), ParticipantId("agent")
READY = EngineStatus(is_ready=True, stage="ready", speech_model="demo-en-us", release=19)

TIMELINE = (
    TimelineEntry(
        at_ms=START_MS - 2 * HOUR,
        contact_channel=ContactChannel.CHAT,
        title="Chat with assistant",
        detail="asked “where is my parcel” three times · not solved",
        mood=-0.6,
    ),
    TimelineEntry(
        at_ms=START_MS - DAY,
        contact_channel=ContactChannel.EMAIL,
        title="E-mail opened: “We are looking into it”",
    ),
    TimelineEntry(
        at_ms=START_MS - 6 * DAY,
        contact_channel=ContactChannel.ORDER,
        title="Order 8841 due, not delivered",
        is_open=True,
        reference="order 8841",
    ),
    TimelineEntry(
        at_ms=START_MS - 13 * DAY,
        contact_channel=ContactChannel.ORDER,
        title="Order 8841 placed · 84.90",
    ),
    TimelineEntry(
        at_ms=START_MS - 21 * DAY,
        contact_channel=ContactChannel.VOICE,
        title="Complaint solved · rated 5 of 5",
        mood=0.7,
    ),
    TimelineEntry(
        at_ms=START_MS - 95 * DAY,
        contact_channel=ContactChannel.VOICE,
        title="Call: changed address",
    ),
)

PROFILE = CustomerProfile(
    customer_id=CustomerId("c-1"),
    name="Ana Ruiz",
    organisation="Harbor Shop",
    tier="Gold",
    since_year=2019,
    phone="+1 555 0142",
    preferences=("prefers e-mail",),
    consent_recording=True,
)

REASON = PredictedReason(
    title="Order 8841 is 6 days late",
    opening="Are you calling about your order from the 9th?",
    intent="parcel_status",
    probability=0.81,
    evidence=(Evidence(quote="asked the bot for its status 2 h ago"),),
)

BODY = (
    "If tracking shows no scan for five days, treat the parcel as lost: offer a replacement "
    "or a refund, the customer chooses. Shipping of a replacement is free."
)
ANSWER = (
    "five days, treat the parcel as lost: offer a replacement or a refund, the customer chooses."
)

ARTICLE = Suggestion(
    suggestion_id=SuggestionId("article-late-parcel"),
    kind=SuggestionKind.ARTICLE,
    topic="late-parcel",
    title="Late or lost parcels",
    body=BODY,
    probability=0.86,
    evidence=(Evidence(quote="so it’s lost", utterance_id=UtteranceId("u6"), start_ms=72_000),),
    answer=Span(BODY.index(ANSWER), BODY.index(ANSWER) + len(ANSWER)),
    article=ArticleReference(
        article_id=ArticleId("late-or-lost-parcel"),
        version=7,
        release=19,
        updated_ms=START_MS - 3 * DAY,
    ),
)

ACTION = Suggestion(
    suggestion_id=SuggestionId("action-replace"),
    kind=SuggestionKind.NEXT_ACTION,
    topic="replace",
    title="Send a replacement with express, no charge",
    body="No scan for 5 days and needed by Saturday: a replacement arrives Friday if ordered "
    "before 17:00.",
    probability=0.82,
    evidence=(
        Evidence(
            quote="send another one before saturday",
            utterance_id=UtteranceId("u6"),
            start_ms=72_000,
        ),
        Evidence(quote="Gold"),
    ),
    playbook_id=PlaybookId("late-parcel"),
    primary_label="Start replacement",
    alternative_label="Refund instead",
    checklist=(
        "Recording notice",
        "Identity by order and e-mail",
        "Acknowledge the wait",
        "Offer replacement or refund",
        "Confirm the delivery date",
    ),
)

DRAFT = WrapUp(
    lines=(
        SummaryLine(section="reason", text="Order 8841 is six days late; third contact about it."),
        SummaryLine(section="done", text="Saw that the parcel was not scanned since the tenth."),
        SummaryLine(section="done", text="Started a replacement with express, no charge."),
        SummaryLine(section="outcome", text="Replacement arrives on Friday, before the birthday."),
        SummaryLine(section="mood", text="Began frustrated, recovered after the replacement."),
    ),
    disposition="Parcel late · replaced",
    disposition_probability=0.84,
    outcome="solved",
    follow_ups=(FollowUp(text="Confirm the delivery by e-mail", due="by friday"),),
)

SAID: tuple[tuple[str, ParticipantId, int, str, float], ...] = (
    ("u1", KIM, 38, "thank you for calling, this call is recorded for quality. how can i help?", 0),
    (
        "u2",
        ANA,
        41,
        "my parcel still hasn’t arrived and nobody answers my e-mails, this is the third time "
        "i’m asking",
        -0.8,
    ),
    ("u3", KIM, 49, "i’m sorry, that’s a long wait. let me look at that order for you", 0),
    (
        "u4",
        ANA,
        55,
        "it’s order eight eight four one, it was for my daughter’s birthday on saturday",
        0.1,
    ),
    (
        "u5",
        KIM,
        64,
        "thank you. i can see it was handed to the carrier on the tenth and not scanned since",
        0,
    ),
    (
        "u6",
        ANA,
        72,
        "so it’s lost? can you send another one before saturday or do i get my money back",
        -0.3,
    ),
)


def offered() -> list[Event]:
    """From the ring to the screen pop."""
    return [
        events.CallOffered(
            caller_number="+1 555 0142",
            agent_id=AgentId("kim"),
            agent_name="Kim Osei",
            queue="orders",
        ),
        events.ParticipantJoined(
            participant=Participant(participant_id=ANA, role=Role.CUSTOMER, channel=0)
        ),
        events.ParticipantJoined(
            participant=Participant(participant_id=KIM, role=Role.AGENT, channel=1)
        ),
        events.CustomerIdentified(
            profile=PROFILE,
            identified_by="caller number",
            timeline=TIMELINE,
            handoff=Handoff(
                source="chat assistant",
                lines=(
                    "Wants the parcel before Saturday (birthday).",
                    "Order number and e-mail given. Already told: carrier delay.",
                ),
                do_not_ask_again=("order number", "e-mail"),
            ),
        ),
        events.ReasonPredicted(reason=REASON),
    ]


def talk() -> list[Event]:
    """What was said, with how it reads."""
    made: list[Event] = []
    for uid, who, second, text, score in SAID:
        utterance_id = UtteranceId(uid)
        made.append(
            events.UtteranceFinal(
                utterance_id=utterance_id,
                participant_id=who,
                text=text,
                start_ms=second * 1000,
                end_ms=second * 1000 + 5000,
            )
        )
        if score:
            sentiment = Sentiment.NEGATIVE if score < -0.2 else Sentiment.NEUTRAL
            made.append(
                events.SentimentRead(
                    utterance_id=utterance_id, sentiment=sentiment, score=score, probability=0.8
                )
            )
        if uid == "u2":
            made.append(
                events.IntentRead(
                    utterance_id=utterance_id,
                    intent="parcel_status",
                    label="parcel status",
                    probability=0.9,
                )
            )
            made.append(
                events.DriverRead(
                    utterance_id=utterance_id, driver="third_contact", label="third contact"
                )
            )
    return made


def cards() -> list[Event]:
    """The article, then the next best action, then a whisper."""
    return [
        events.SuggestionMade(suggestion=ARTICLE, asked_ms=77_300),
        events.SuggestionMade(suggestion=ACTION, asked_ms=77_300),
        events.WhisperSent(
            whisper_id="whisper-1", by=AgentId("sam"), by_name="Sam", text="you may waive express"
        ),
    ]


def hang_up() -> list[Event]:
    """The end of the call and its draft."""
    return [events.CallReleased(), events.WrapUpDrafted(wrap_up=DRAFT)]


def recorded(
    made: list[Event], *, after: int = 0, audio_ms: int = 77_000, call_id: CallId = CALL
) -> list[Recorded]:
    """Events in their envelopes, seq after `after`."""
    return [
        Recorded(
            call_id=call_id,
            seq=after + place,
            recorded_ms=START_MS,
            audio_ms=audio_ms if after + place > 5 else 0,
            event=event,
        )
        for place, event in enumerate(made, 1)
    ]


def partial(
    stable: str = "and i don’t want to pay",
    tail: str = "for shipping a second time because…",
    *,
    uid: str = "u7",
) -> PartialHeard:
    """What Ana is saying now."""
    return PartialHeard(
        call_id=CALL,
        utterance_id=UtteranceId(uid),
        participant_id=ANA,
        stable=stable,
        tail=tail,
        start_ms=80_000,
        heard_ms=252_000,
    )
