"""Values that events and commands carry: evidence, customers, suggestions, wrap-up."""

from enum import StrEnum

import msgspec

from assist_engine.contract.ids import (
    ActionId,
    ArticleId,
    CustomerId,
    ParticipantId,
    PlaybookId,
    SuggestionId,
    UtteranceId,
)


class Role(StrEnum):
    """Who a participant of a call is."""

    CUSTOMER = "customer"
    AGENT = "agent"
    BOT = "bot"


class Certainty(StrEnum):
    """A probability as people read it; the cuts are in `certainty_of`."""

    LIKELY = "likely"
    POSSIBLE = "possible"
    UNCLEAR = "unclear"


def certainty_of(probability: float) -> Certainty:
    """Say a probability (0 to 1) as a word: likely from 0.75, possible from 0.5."""
    if probability >= 0.75:
        return Certainty.LIKELY
    return Certainty.POSSIBLE if probability >= 0.5 else Certainty.UNCLEAR


class Evidence(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why something is claimed: words of the call, or a fact about the customer."""

    quote: str
    utterance_id: UtteranceId | None = None
    start_ms: int | None = None


class Participant(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Someone on the call, heard on one channel."""

    participant_id: ParticipantId
    role: Role
    channel: int
    name: str = ""


class Word(msgspec.Struct, frozen=True, array_like=True):
    """A recognised word; times in ms from the start of the call, confidence 0 to 1."""

    text: str
    start_ms: int
    end_ms: int
    confidence: float


class ContactChannel(StrEnum):
    """How customer and company met."""

    VOICE = "voice"
    CHAT = "chat"
    EMAIL = "email"
    ORDER = "order"
    BRANCH = "branch"
    APP = "app"
    NOTE = "note"


class TimelineEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that happened with a customer, on any contact channel."""

    at_ms: int  # wall clock, ms since 1970
    contact_channel: ContactChannel
    title: str
    detail: str = ""
    mood: float | None = None  # -1 to 1
    is_open: bool = False  # still waiting for the company to do something
    reference: str = ""  # order, ticket or card it belongs to
    intent: str = ""  # what it was about, where that is one of the organisation's intents


class Handoff(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a virtual agent or IVR learned before it passed the customer on."""

    source: str
    lines: tuple[str, ...]
    do_not_ask_again: tuple[str, ...] = ()


class CustomerProfile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The customer record shown by the screen pop."""

    customer_id: CustomerId
    name: str
    organisation: str  # which of the organisation's businesses serves the customer
    tier: str = ""
    since_year: int | None = None
    phone: str = ""
    email: str = ""
    preferences: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    consent_recording: bool | None = None
    facts: dict[str, str | int | float | bool] = {}  # what playbook conditions may ask


class PredictedReason(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why the customer probably calls, told before the first word."""

    title: str
    opening: str  # a question the agent may open with
    intent: str
    probability: float
    evidence: tuple[Evidence, ...]


class Sentiment(StrEnum):
    """How an utterance of the customer reads; *unclear* is an answer of its own."""

    POSITIVE = "positive"
    NEUTRAL = "neutral"
    NEGATIVE = "negative"
    UNCLEAR = "unclear"


class Emotion(StrEnum):
    """What a customer may feel, as far as an agent can act on it."""

    ANGER = "anger"
    FRUSTRATION = "frustration"
    WORRY = "worry"
    CONFUSION = "confusion"
    SADNESS = "sadness"
    RELIEF = "relief"
    GRATITUDE = "gratitude"
    JOY = "joy"


class Felt(msgspec.Struct, frozen=True, array_like=True):
    """An emotion and how probable it is, 0 to 1."""

    emotion: Emotion
    probability: float


class EntityType(StrEnum):
    """What a thing said on a call is."""

    ORDER = "order"
    ACCOUNT = "account"
    CARD = "card"
    NATIONAL_ID = "national_id"
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"
    POSTCODE = "postcode"
    SECRET = "secret"  # password, PIN, security code
    NUMBER = "number"  # dictated digits of which nobody said what they are
    DATE = "date"
    AMOUNT = "amount"
    PRODUCT = "product"
    PERSON = "person"


class Redaction(msgspec.Struct, frozen=True, array_like=True):
    """Characters start..end of a stored text stand for something of this type that was said."""

    type: EntityType
    start: int
    end: int


class SuggestionKind(StrEnum):
    """What a card offers."""

    ARTICLE = "article"
    NEXT_ACTION = "next_action"
    COACHING = "coaching"
    COMPLIANCE = "compliance"


class GuidanceMode(StrEnum):
    """How much guidance an agent wants: novices gain most from it, experts want quiet."""

    GUIDE_ME = "guide_me"
    STANDARD = "standard"
    QUIET = "quiet"


class Span(msgspec.Struct, frozen=True, array_like=True):
    """Half-open range of characters."""

    start: int
    end: int


class ArticleReference(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The passage behind an article card."""

    article_id: ArticleId
    version: int
    release: int
    updated_ms: int


class ArticleScore(msgspec.Struct, frozen=True, array_like=True):
    """An article that a search found, and the probability that it helps."""

    article_id: ArticleId
    score: float
    version: int = 1


class ArticleLook(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The best few articles, best first, of each query. Times are ms from the start of the call."""

    at_ms: int  # when they were found
    asked_ms: int  # end of the words that were looked at
    is_live: bool = False  # the words were still moving
    found: tuple[tuple[ArticleScore, ...], ...] = ()


class ActionKind(StrEnum):
    """What an action of a playbook does."""

    OPEN = "open"  # the desktop opens a page whose fields are filled in
    REQUEST = "request"  # the engine sends a request to another system


class ActionOffer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An action that a card offers; what would be sent is asked with `PreviewAction`."""

    action_id: ActionId
    label: str  # what its button says
    kind: ActionKind
    asks_first: bool = True  # False: the playbook and an administrator let it run by itself
    can_undo: bool = False


class Suggestion(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A piece of guidance: on screen, a card."""

    suggestion_id: SuggestionId
    kind: SuggestionKind
    topic: str  # two suggestions on one topic are a repeat
    title: str
    body: str
    probability: float
    evidence: tuple[Evidence, ...]
    answer: Span | None = None  # the answer sentence within body
    article: ArticleReference | None = None
    playbook_id: PlaybookId | None = None
    primary_label: str = ""  # what the button of a next action says
    alternative_label: str = ""
    checklist: tuple[str, ...] = ()
    is_primary: bool = True  # the one card that asks for attention; others are quiet
    actions: tuple[ActionOffer, ...] = ()
    due_ms: int | None = None  # of a reminder: when it is too late, ms from the start of the call

    @property
    def certainty(self) -> Certainty:
        """The probability as a word."""
        return certainty_of(self.probability)


class ComplianceOutcome(StrEnum):
    """What became of a compliance rule on a call."""

    MET = "met"
    BREACHED = "breached"
    NOT_DUE = "not_due"  # what would have called for it did not happen


class ComplianceVerdict(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One compliance rule on one call, for quality review."""

    rule: str
    title: str
    outcome: ComplianceOutcome
    evidence: tuple[Evidence, ...] = ()


class FollowUp(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something promised on the call."""

    text: str
    due: str = ""  # as it was said: "by friday"
    evidence: Evidence | None = None
    due_on: str = ""  # the calendar day (ISO 8601) where it is known


class SummaryLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One sentence of a summary and the moment it comes from."""

    section: str  # reason, done, outcome, mood; promises are follow-ups
    text: str
    evidence: Evidence | None = None


class WrapUpField(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something said on the call that the organisation's records want: an order, a date."""

    name: str
    value: str
    evidence: Evidence | None = None


class RankedDisposition(msgspec.Struct, frozen=True, array_like=True):
    """One of the organisation's disposition codes and how probable it is."""

    code: str
    label: str
    probability: float


class WrapUp(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What remains of a call: drafted by the engine, completed by the agent."""

    lines: tuple[SummaryLine, ...]
    disposition: str
    disposition_probability: float = 0.0
    outcome: str = ""
    follow_ups: tuple[FollowUp, ...] = ()
    note: str = ""
    dispositions: tuple[RankedDisposition, ...] = ()  # likeliest first
    heard_code: str = ""  # the likeliest by the call alone, before what agents chose on others
    fields: tuple[WrapUpField, ...] = ()
    is_generated: bool = False  # a language model wrote the lines; each was checked on the call


class AlertVerdict(StrEnum):
    """What a supervisor says of an alert; it tunes the thresholds."""

    USEFUL = "useful"
    NOISE = "noise"
