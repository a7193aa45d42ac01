"""The demo calls as text, turn by turn, through understanding, search and guidance."""

import json
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from assist_engine.call.fold import apply
from assist_engine.call.state import CallState, Card
from assist_engine.contract import events
from assist_engine.contract.answers import FoundPassage
from assist_engine.contract.events import Event, Recorded, UtteranceFinal
from assist_engine.contract.ids import AgentId, ArticleId, CallId, ParticipantId, UtteranceId
from assist_engine.contract.values import Participant, Role, Sentiment, Span, SuggestionKind
from assist_engine.customers import reason
from assist_engine.customers.directory import Directory
from assist_engine.guidance import summary
from assist_engine.guidance.arbiter import Arbiter
from assist_engine.guidance.article_rule import ArticleRule
from assist_engine.guidance.need import ArticleQuery, LiveSpeech
from assist_engine.guidance.next_action_rule import NextActionRule
from assist_engine.guidance.playbook import load_playbooks
from assist_engine.guidance.rule import GuidanceRule
from assist_engine.inference.heads import LinearHead
from assist_engine.settings import RESOURCES
from assist_engine.supervision.alerting import Alerting
from assist_engine.understanding.analyzer import Analyzer
from assist_engine.understanding.drivers import DriverSignal
from assist_engine.understanding.intent import IntentSignal, load_intents
from assist_engine.understanding.sentiment import SentimentSignal
from assist_engine.understanding.signal import Observation
from knowledge_base.embedding import SentenceEmbedder, load_embedder
from knowledge_base.search import Searcher
from knowledge_base.store import KnowledgeBase

DEMO = RESOURCES / "demo"
CALLS = sorted(path.stem for path in (DEMO / "calls").glob("*.toml"))
AUGUST = 1_750_000_000_000  # some wall clock, ms since 1970
STABLE_LAG_MS = 300  # recognition settles a word about this long after it was said
FINAL_LAG_MS = 500

pytestmark = pytest.mark.integration


class House:
    """All that understands and guides, built as the engine builds it."""

    def __init__(self, embedder: SentenceEmbedder, searcher: Searcher) -> None:
        self.embedder, self.searcher = embedder, searcher
        examples = load_intents((DEMO / "intents.yaml").read_text(), source="intents.yaml")
        head = LinearHead.load(RESOURCES / "models" / "heads" / "sentiment.npz")
        self.analyzer = Analyzer(
            [
                SentimentSignal(head),
                DriverSignal(),
                IntentSignal(examples, embedder.encode([example.text for example in examples])),
            ]
        )
        playbooks = [
            playbook
            for path in sorted((DEMO / "playbooks").glob("*.yaml"))
            for playbook in load_playbooks(path.read_text(), source=path.name)
        ]
        self.rules: list[GuidanceRule] = [
            NextActionRule(playbooks),
            ArticleRule(lambda: searcher.threshold),
        ]
        self.customers = Directory.load(DEMO / "customers", now_ms=AUGUST)

    def find(self, query: ArticleQuery) -> Sequence[FoundPassage]:
        vector = self.embedder.encode([query.text])[0]
        return [
            FoundPassage(
                article_id=ArticleId(found.article_id),
                title=found.title,
                passage=found.passage,
                score=found.score,
                answer=Span(*found.answer) if found.answer else None,
                version=found.version,
                release=found.release,
                updated_ms=found.updated_ms,
            )
            for found in self.searcher.search(query.text, vector, products=query.products)
        ]


class TextCall:
    """Speaks a script to the house, word by word, as recognition would hear it."""

    def __init__(self, house: House, name: str) -> None:
        self.house = house
        self.about: dict[str, Any] = tomllib.loads((DEMO / "calls" / f"{name}.toml").read_text())
        self.turns: list[dict[str, Any]] = json.loads(
            (DEMO / "calls" / f"{name}.json").read_text()
        )["turns"]
        self.state = CallState(call_id=CallId(name))
        self.now_ms = 0

    def commit(self, new: Sequence[Event]) -> None:
        for event in new:
            recorded = Recorded(
                call_id=self.state.call_id,
                seq=self.state.seq + 1,
                recorded_ms=AUGUST + self.now_ms,
                audio_ms=self.now_ms,
                event=event,
            )
            self.state = apply(self.state, recorded)

    def play(self) -> CallState:
        self._open()
        for _, moment in sorted(self._moments(), key=lambda item: item[0]):
            moment()
        return self.state

    def _open(self) -> None:
        known = self.house.customers.find(self.about["caller_number"])
        assert known is not None
        offered = events.CallOffered(
            caller_number=self.about["caller_number"],
            agent_id=AgentId(self.about["agent_id"]),
            queue=self.about["queue"],
        )
        joined = [
            events.ParticipantJoined(
                participant=Participant(
                    participant_id=ParticipantId(role.value), role=role, channel=channel
                )
            )
            for channel, role in enumerate((Role.CUSTOMER, Role.AGENT))
        ]
        identified = events.CustomerIdentified(
            profile=known.profile, identified_by="caller number", timeline=known.timeline
        )
        predicted = reason.predict(known, now_ms=AUGUST)
        assert predicted is not None
        self.commit([offered, *joined, identified, events.ReasonPredicted(reason=predicted)])

    def _moments(self) -> Iterator[tuple[int, Callable[[], None]]]:
        for number, turn in enumerate(self.turns):
            role = Role(turn["speaker"])
            start_ms, end_ms = int(turn["start"] * 1000), int(turn["end"] * 1000)
            words = turn["text"].split()
            utterance_id = UtteranceId(f"{role.value}-{number}")
            final = UtteranceFinal(
                utterance_id=utterance_id,
                participant_id=ParticipantId(role.value),
                text=turn["text"],
                start_ms=start_ms,
                end_ms=end_ms,
            )
            for count in range(2, len(words) + 1, 2):
                if role is not Role.CUSTOMER:
                    break
                heard_ms = start_ms + (end_ms - start_ms) * count // len(words)
                live = LiveSpeech(
                    utterance_id=utterance_id,
                    participant_id=final.participant_id,
                    role=role,
                    stable=" ".join(words[:count]),
                    start_ms=start_ms,
                    heard_ms=heard_ms,
                )
                yield heard_ms + STABLE_LAG_MS, lambda live=live: self._hear(live)  # type: ignore[misc]
            yield end_ms + FINAL_LAG_MS, lambda final=final, role=role: self._end(final, role)  # type: ignore[misc]

    def _hear(self, live: LiveSpeech) -> None:
        self.now_ms = max(self.now_ms, live.heard_ms + STABLE_LAG_MS)
        self._guide(live)

    def _end(self, final: UtteranceFinal, role: Role) -> None:
        self.now_ms = max(self.now_ms, final.end_ms + FINAL_LAG_MS)
        self.commit([final])
        if role is Role.CUSTOMER:
            vector = self.house.embedder.encode([final.text])[0]
            observation = Observation(final=final, role=role, vector=vector)
            self.commit(self.house.analyzer.analyze(observation, self.state))
        self._guide(None)
        self.commit(Alerting().review(self.state))

    def _guide(self, live: LiveSpeech | None) -> None:
        rules = self.house.rules
        found = {
            query: self.house.find(query)
            for rule in rules
            for query in rule.wants(self.state, live)
        }
        proposals = [p for rule in rules for p in rule.propose(self.state, live, found)]
        self.commit(Arbiter().review(self.state, proposals, now_ms=self.now_ms))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    embedder = load_embedder(threads=1)
    base = KnowledgeBase.create(tmp_path_factory.mktemp("kb"))
    base.import_folder(DEMO / "articles", author="test", reason="demo", now_ms=AUGUST)
    base.publish(embedder, author="test", reason="demo", now_ms=AUGUST)
    searcher = Searcher.open(base.release_path(base.current_release()))
    return House(embedder, searcher)


@pytest.fixture(scope="module")
def played(house: House) -> dict[str, CallState]:
    return {name: TextCall(house, name).play() for name in CALLS}


def shown_id(card: Card) -> str:
    return str(card.suggestion.topic.partition("-")[2])


@pytest.mark.parametrize("name", CALLS)
def test_the_main_cards_of_a_call_are_there_in_time(
    played: dict[str, CallState], name: str
) -> None:
    about = tomllib.loads((DEMO / "calls" / f"{name}.toml").read_text())
    made = {shown_id(card): card.made_ms for card in played[name].cards}
    for expected in about["expected"]:
        if not expected["is_main"]:
            continue
        times = [made[shown] for shown in expected["ids"] if shown in made]
        assert times, f"{expected['ids']} never came; shown: {made}"
        assert min(times) <= expected["asked_end"] * 1000 + 800
