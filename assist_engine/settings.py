"""The engine's settings: one TOML file, every value with a default that works."""

from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias

import msgspec
from platformdirs import user_data_path

from assist_engine.errors import SettingsError

USER_DATA: Final = user_data_path("attune", "attune")
RESOURCES: Final = Path(__file__).resolve().parents[1] / "resources"
DEMO_SERVICE: Final = "http://127.0.0.1:8790"  # where actions of the demo's playbooks go


class Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Refuses settings it does not know, so that a typing error is seen."""


class ServerSettings(Strict, frozen=True, kw_only=True):
    """Where the engine listens, and what one connection may do."""

    host: str = "127.0.0.1"
    port: int = 8765
    max_message_bytes: int = 1_048_576
    max_text_bytes: int = 8_192  # of a message that holds no article, wrap-up or list of calls
    max_article_bytes: int = 262_144
    max_frame_bytes: int = 96_016  # one second of audio at 48 kHz, and its header
    messages_per_s: Annotated[float, msgspec.Meta(gt=0)] = (
        50.0  # text messages of one connection; more wait
    )
    hello_timeout_s: float = 5.0
    max_connections: int = 500
    event_queue: int = 1024  # events waiting for one slow desktop before it must resume
    slow_reader_s: float = 10.0  # a desktop that takes nothing for longer must resume


class SpeechSettings(Strict, frozen=True, kw_only=True):
    """Speech models by locale (a name of `models list`, or a folder), and decoding."""

    models: dict[str, str] = msgspec.field(default_factory=lambda: {"en-US": "demo-en-us"})
    models_dir: str = ""  # empty: `models` in the user's data folder, whatever `data` says
    threads: int = 0  # 0: one a core
    headroom: float = 0.8  # share of the measured capacity that calls may take
    audio_queue_blocks: int = 50  # audio frames waiting for one channel; then the sender waits


class KnowledgeSettings(Strict, frozen=True, kw_only=True):
    """Which knowledge base is searched, with which embedding model."""

    folder: str = ""  # empty: `knowledge` in the data folder
    embedding_model: str = "attune-minilm-1"
    refresh_s: float = 0.5  # how often a new release is looked for


Share: TypeAlias = Annotated[float, msgspec.Meta(ge=0, le=1)]
Milliseconds: TypeAlias = Annotated[int, msgspec.Meta(ge=0)]
Cards: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=5)]


class ModeSettings(Strict, frozen=True, kw_only=True):
    """Limits of one of the agents' guidance modes, where they are stricter than the common ones."""

    min_gap_ms: Milliseconds = 0
    min_probability: Share = 0.0
    coaching: Literal["all", "important", "none"] = "important"


class ArbiterSettings(Strict, frozen=True, kw_only=True):
    """What may be on the screen at once, how long and how soon; ms of audio."""

    max_quiet: Cards = 2
    min_probability: Share = 0.5
    primary_ms: Milliseconds = 60_000
    hint_ms: Milliseconds = 30_000
    hold_ms: Milliseconds = 4_000
    fresh_ms: Milliseconds = 6_000
    guide_me: ModeSettings = ModeSettings(coaching="all")
    standard: ModeSettings = ModeSettings()
    quiet: ModeSettings = ModeSettings(min_gap_ms=40_000, min_probability=0.75, coaching="none")


class GuidanceSettings(Strict, frozen=True, kw_only=True):
    """How sparing cards are."""

    min_gap_ms: Milliseconds = 20_000
    article_threshold: Share = 0.0  # from which score on a search is sure; 0: the release's own
    limits: ArbiterSettings = ArbiterSettings()
    customers: str = ""  # folder of customer files; empty: `customers` in the data folder
    playbooks: str = ""  # folder of playbooks; empty: `playbooks` in the data folder
    exploration: Annotated[float, msgspec.Meta(ge=0, le=0.2)] = (
        0.0  # share of next actions chosen by chance among those close to the best
    )
    compliance: str = ""  # folder of rules; empty: `compliance` in the data folder
    coaching: str = ""  # file of limits; empty: `coaching.yaml` in the data folder
    dispositions: str = ""  # file of codes; empty: `dispositions.yaml` in the data folder
    intents: str = ""  # file or trained folder; empty: `intents.yaml` in the data folder


class ActionSettings(Strict, frozen=True, kw_only=True):
    """Where actions of playbooks may go and which of them ask nobody; nowhere and none else."""

    hosts: tuple[str, ...] = ()  # https://crm.example.com, http://127.0.0.1:8790
    unattended: tuple[str, ...] = ()  # ids of actions whose playbook says `asks_first: false`
    timeout_s: Annotated[float, msgspec.Meta(gt=0, le=120)] = 10.0  # of one try
    most_of_call: Annotated[int, msgspec.Meta(ge=1)] = 3  # of one call at once
    most: Annotated[int, msgspec.Meta(ge=1)] = 32  # of all calls at once


class RedactionSettings(Strict, frozen=True, kw_only=True):
    """What of the words said is stored and shown to others than the call's own agent."""

    policies: dict[str, str] = {}  # by type of entity: keep, mask, drop, or last1 to last9
    products: tuple[str, ...] = ()  # as the organisation calls what it sells


Mood: TypeAlias = Annotated[float, msgspec.Meta(ge=-1, le=1)]
Turns: TypeAlias = Annotated[int, msgspec.Meta(ge=1)]


class UpsetAlertSettings(Strict, frozen=True, kw_only=True):
    """When negative words together with something urgent raise an alert."""

    last_turns: Turns = 3  # customer's turns that are looked at
    negative_turns: Turns = 2  # of these, how many must be negative
    minimum_probability: Share = 0.5  # of what is urgent, to count
    cooldown_ms: Milliseconds = 60_000  # of audio; no second alert sooner
    recovered_mood: Mood = 0.0  # smoothed mood that must be reached between two alerts

    def __post_init__(self) -> None:
        if self.negative_turns > self.last_turns:
            raise ValueError(
                f"negative_turns is {self.negative_turns} of last_turns {self.last_turns}: "
                "at most all of them can be negative"
            )


class DriverAlertSettings(Strict, frozen=True, kw_only=True):
    """When one thing said raises an alert by itself."""

    is_on: bool = True
    minimum_probability: Share = 0.7
    last_turns: Turns = 3  # customer's turns that are looked at
    cooldown_ms: Milliseconds = 120_000  # of audio; the same again, once acknowledged, no sooner


class AlertSettings(Strict, frozen=True, kw_only=True):
    """How sure the engine must be before it calls a supervisor."""

    upset: UpsetAlertSettings = UpsetAlertSettings()
    vulnerability: DriverAlertSettings = DriverAlertSettings()
    legal_threat: DriverAlertSettings = DriverAlertSettings()
    escalation: DriverAlertSettings = DriverAlertSettings()


class SummarySettings(Strict, frozen=True, kw_only=True):
    """A language model, on a machine of the organisation, that writes summaries anew."""

    url: str = ""  # OpenAI-compatible, such as http://127.0.0.1:11434/v1; empty: none
    model: str = ""
    timeout_s: Annotated[float, msgspec.Meta(gt=0, le=120)] = 10.0
    api_key_env: str = "ATTUNE_SUMMARY_KEY"  # the environment variable that holds the key, if any
    allow_remote: bool = False  # also an address that is neither loopback nor private


class CallSettings(Strict, frozen=True, kw_only=True):
    """How long calls are waited for."""

    reconnect_s: float = 120.0  # a call whose desktop is away longer is released
    drain_s: float = 10.0  # live calls may go on that long after SIGTERM


class Token(Strict, frozen=True, kw_only=True):
    """A token's SHA-256 (hex), and what its bearer may do."""

    name: str
    role: str
    sha256: str
    agent_id: str = ""  # whose it is: nobody else may be named with it; empty: anybody


class AccessSettings(Strict, frozen=True, kw_only=True):
    """Who may connect. Without tokens only this machine may."""

    tokens: tuple[Token, ...] = ()


class Settings(Strict, frozen=True, kw_only=True):
    """All settings of the engine."""

    data: str = ""  # empty: the user's data folder
    server: ServerSettings = ServerSettings()
    speech: SpeechSettings = SpeechSettings()
    knowledge: KnowledgeSettings = KnowledgeSettings()
    guidance: GuidanceSettings = GuidanceSettings()
    actions: ActionSettings = ActionSettings()
    redaction: RedactionSettings = RedactionSettings()
    alerts: AlertSettings = AlertSettings()
    calls: CallSettings = CallSettings()
    summary: SummarySettings = SummarySettings()
    access: AccessSettings = AccessSettings()

    @property
    def data_folder(self) -> Path:
        """Where the log, the knowledge base and the models live."""
        return Path(self.data).expanduser() if self.data else USER_DATA

    @property
    def models_folder(self) -> Path:
        """Where `models install` puts speech models: one place for all engines of a user."""
        configured = self.speech.models_dir
        return Path(configured).expanduser() if configured else USER_DATA / "models"

    def folder(self, configured: str, name: str) -> Path:
        """A configured folder, or `name` in the data folder."""
        return Path(configured).expanduser() if configured else self.data_folder / name


def load_settings(path: Path | None) -> Settings:
    """Read a TOML file; no path means the defaults. Raises `SettingsError` saying where."""
    if path is None:
        return Settings()
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Settings)
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from error
    except msgspec.MsgspecError as error:
        raise SettingsError(f"{path}: {error}") from error
