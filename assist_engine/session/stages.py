"""What a call session works with: the stages, built once by `app.py` and shared by all calls."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from assist_engine.call.decide import Refusal
from assist_engine.call.state import CallState, Phase
from assist_engine.contract.values import ComplianceVerdict, EntityType, WrapUp
from assist_engine.customers.directory import Directory
from assist_engine.guidance.arbiter import Arbiter
from assist_engine.guidance.rule import EventRule, GuidanceRule
from assist_engine.inference.emotion_model import FeelingReader
from assist_engine.inference.encoder import Encoder
from assist_engine.session.action_runner import ActionRunner
from assist_engine.session.knowledge_finder import KnowledgeFinder
from assist_engine.session.lanes import DecodingLanes
from assist_engine.speech.admission import Admission
from assist_engine.speech.engine import SpeechEngine
from assist_engine.supervision.alerting import Alerting
from assist_engine.understanding.analyzer import Analyzer
from assist_engine.understanding.redaction import CallRedactor
from assist_engine.understanding.redaction_policy import DEFAULT_POLICIES, Policy


@dataclass(frozen=True, kw_only=True)
class Stages:
    """The stages of the one way from audio to cards."""

    speech: Mapping[str, SpeechEngine]  # by locale
    lanes: DecodingLanes
    admission: Admission
    encoder: Encoder
    analyzer: Analyzer
    rules: Sequence[GuidanceRule]
    arbiter: Arbiter
    alerting: Alerting
    finder: KnowledgeFinder
    article_threshold: Callable[[], float]  # score from which a search is sure of an article
    customers: Directory
    summarise: Callable[[CallState], WrapUp]
    audio_queue_blocks: int
    redaction: Mapping[EntityType, Policy] = field(default_factory=lambda: DEFAULT_POLICIES)
    products: Sequence[str] = ()  # as the organisation calls what it sells
    actions: ActionRunner = field(default_factory=ActionRunner)
    rewrite: Callable[[CallState, WrapUp], Awaitable[WrapUp | None]] | None = None  # a draft, later
    feelings: FeelingReader | None = None  # None: no emotion model, no moods
    event_rules: Sequence[EventRule] = ()
    judge: Callable[[CallState], Sequence[ComplianceVerdict]] = lambda _: ()  # of a call's end

    async def better_draft(self, state: CallState) -> WrapUp | None:
        """The draft of a released call as a language model writes it; None: it stays as it is."""
        draft = state.wrap_up_draft
        if draft is None or self.rewrite is None or state.phase is not Phase.RELEASED:
            return None
        return await self.rewrite(state, draft)

    def redactor(self, locale: str) -> CallRedactor:
        """What redacts a call of this locale."""
        region = locale.rpartition("-")[2] if "-" in locale else "US"
        return CallRedactor(self.redaction, products=self.products, region=region.upper())

    def speech_for(self, locale: str) -> SpeechEngine:
        """The speech engine of a locale or of its language; raises `Refusal`."""
        language = locale.split("-")[0]
        for known, engine in self.speech.items():
            if known == locale or known.split("-")[0] == language:
                return engine
        accepted = ", ".join(self.speech)
        raise Refusal(
            "speech.no_model", f"no speech model for {locale}; there is one for {accepted}"
        )
