"""A call in which much is understood: emotions, entities, effort, vulnerability, behaviours."""

from assist_engine.contract import events
from assist_engine.contract.answers import Answer, EntityHeard, FinalHeard
from assist_engine.contract.events import Event, Recorded
from assist_engine.contract.ids import UtteranceId
from assist_engine.contract.values import (
    Emotion,
    EntityType,
    Evidence,
    Felt,
    Redaction,
    Sentiment,
)
from tests.gui import agent_sample as sample

CARD_SAID = "my card is four two four two four two four two four two four two four two four two"
CARD_STORED = "my card is [CARD:4242]"
CARD = "4242424242424242"
U8, U9, U10 = UtteranceId("u8"), UtteranceId("u9"), UtteranceId("u10")


def final(uid: UtteranceId, text: str, *, second: int, is_agent: bool = False) -> Event:
    """Something said; a placeholder in it is a redaction."""
    at = text.find("[CARD:4242]")
    redactions = (Redaction(EntityType.CARD, at, at + len("[CARD:4242]")),) if at >= 0 else ()
    return events.UtteranceFinal(
        utterance_id=uid,
        participant_id=sample.KIM if is_agent else sample.ANA,
        text=text,
        start_ms=second * 1000,
        end_ms=second * 1000 + 5000,
        redactions=redactions,
    )


def emotion(uid: str, *felt: tuple[Emotion, float], intensity: float = 0.7) -> events.EmotionRead:
    """What an utterance shows."""
    return events.EmotionRead(
        utterance_id=UtteranceId(uid),
        emotions=tuple(Felt(one, probability) for one, probability in felt),
        intensity=intensity,
    )


def entity(
    entity_id: str,
    kind: EntityType,
    value: str,
    *,
    uid: str = "u4",
    quote: str = "",
    is_valid: bool = True,
) -> events.EntityRead:
    """Something that was named."""
    evidence = (Evidence(quote=quote, utterance_id=UtteranceId(uid)),) if quote else ()
    return events.EntityRead(
        entity_id=entity_id,
        utterance_id=UtteranceId(uid),
        type=kind,
        value=value,
        is_valid=is_valid,
        probability=0.9,
        evidence=evidence,
    )


def behaviour(uid: str, name: str, *, probability: float = 0.9) -> events.BehaviourRead:
    """Something an agent did well."""
    return events.BehaviourRead(
        utterance_id=UtteranceId(uid), behaviour=name, label=name, probability=probability
    )


def driver(uid: str, name: str, label: str, quote: str) -> events.DriverRead:
    """Something worth a rule, with its words."""
    evidence = (Evidence(quote=quote, utterance_id=UtteranceId(uid)),)
    return events.DriverRead(
        utterance_id=UtteranceId(uid), driver=name, label=label, evidence=evidence
    )


EFFORT = events.EffortRead(
    utterance_id=UtteranceId("u2"),
    effort=0.7,
    evidence=(
        Evidence(quote="asked the chat assistant three times"),
        Evidence(quote="this is the third time i’m asking", utterance_id=UtteranceId("u2")),
        Evidence(quote="nobody answers my e-mails", utterance_id=UtteranceId("u2")),
    ),
)


def understood() -> list[Event]:
    """What was read from the sample's talk, and three more utterances."""
    return [
        behaviour("u1", "greeting"),
        emotion("u2", (Emotion.FRUSTRATION, 0.91), (Emotion.ANGER, 0.62)),
        EFFORT,
        behaviour("u3", "empathy"),
        entity("e1", EntityType.ORDER, "8841", quote="eight eight four one"),
        entity("e2", EntityType.DATE, "2026-11-28", quote="saturday"),
        emotion("u6", (Emotion.WORRY, 0.6), intensity=0.4),
        final(U8, CARD_STORED, second=84),
        entity("e3", EntityType.CARD, "[CARD:4242]", uid="u8", quote="[CARD:4242]"),
        events.SentimentRead(
            utterance_id=U8, sentiment=Sentiment.NEUTRAL, score=0.0, probability=0.8
        ),
        final(U9, "thank you, may i have your date of birth as well", second=92, is_agent=True),
        behaviour("u9", "identity-check"),
        final(U10, "my husband died in may, i can not deal with this on my own", second=98),
        emotion("u10", (Emotion.SADNESS, 0.88)),
        driver("u10", "vulnerability", "Bereavement", "my husband died"),
        entity(
            "e4",
            EntityType.PHONE,
            "[PHONE]",
            uid="u10",
            is_valid=False,
        ),
    ]


def heard() -> list[Answer]:
    """What only the call's own agent gets."""
    return [
        FinalHeard(call_id=sample.CALL, utterance_id=U8, text=CARD_SAID),
        EntityHeard(call_id=sample.CALL, entity_id="e3", value=CARD),
        EntityHeard(call_id=sample.CALL, entity_id="e4", value="+15550142"),
    ]


def live_call() -> list[Recorded | Answer]:
    """The sample's call with all that is understood, as its agent's desktop gets it."""
    made = [*sample.offered(), *sample.talk(), *understood(), *sample.cards()]
    return [*sample.recorded(made[:5]), *heard(), *sample.recorded(made)[5:]]
