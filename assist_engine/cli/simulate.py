"""`attune-engine simulate`: what changed limits and rules would have shown on stored calls."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np
import typer
from rich.console import Console

from assist_engine.app import arbiter, demo_settings, now_ms
from assist_engine.cli.changed_rules import changed
from assist_engine.cli.serve import Config, Data, with_overrides
from assist_engine.cli.simulation_report import Report, print_report
from assist_engine.contract.events import ArticlesWeighed, Recorded, SuggestionMade
from assist_engine.contract.values import SuggestionKind
from assist_engine.errors import BadInput
from assist_engine.event_log.log_reader import read_calls
from assist_engine.guidance.coaching import read_coaching
from assist_engine.guidance.coaching_rule import CoachingRule
from assist_engine.guidance.compliance_reader import read_compliance
from assist_engine.guidance.compliance_rule import ComplianceRule
from assist_engine.guidance.compliance_words import ComplianceWords
from assist_engine.guidance.next_action_rule import NextActionRule
from assist_engine.guidance.playbook_reader import read_playbooks
from assist_engine.guidance.rule import GuidanceRule, Vector
from assist_engine.guidance.simulation import CallSimulation, simulate
from assist_engine.guidance.weighed_articles import WeighedArticles
from assist_engine.session.article_search import search_again
from assist_engine.session.knowledge_finder import KnowledgeFinder, load_finder
from assist_engine.settings import GuidanceSettings, Settings, load_settings


def simulate_rules(
    *,
    rules: Annotated[
        Path | None,
        typer.Option(help="YAML with what changes of [guidance]: limits, playbooks, …"),
    ] = None,
    config: Config = None,
    data: Data = None,
    demo: Annotated[bool, typer.Option("--demo", help="With the demo organisation.")] = False,
    search: Annotated[
        bool,
        typer.Option("--search", help="Search the articles of today again; takes longer."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print for machines.")] = False,
) -> None:
    """Decide the cards of all stored calls again, beside what was shown; the log is only read."""
    settings = with_overrides(load_settings(config), data=data)
    if demo:
        settings = demo_settings(settings)
    simulation = _Simulation(settings, changed(settings.guidance, rules))
    report = asyncio.run(simulation.search()) if search else simulation.run()
    if as_json:
        print(msgspec.json.encode(report).decode())
    else:
        print_report(Console(), report)


class _Simulation:
    """All stored calls under other rules."""

    def __init__(self, settings: Settings, guidance: GuidanceSettings) -> None:
        self._settings, self._guidance = settings, guidance
        self._rules = _rules(settings, guidance)
        self._arbiter = arbiter(guidance)

    def run(self) -> Report:
        """With what searches had found, as the log holds it."""
        began = time.monotonic()
        calls, without = [], 0
        for _, recorded in read_calls(self._log):
            weighed = [e.event for e in recorded if isinstance(e.event, ArticlesWeighed)]
            without += not weighed and any(_is_article(one) for one in recorded)
            articles = WeighedArticles(
                recorded, weighed, threshold=self._guidance.article_threshold
            )
            calls.append(self._simulate(recorded, articles if weighed else None))
        return self._report(calls, began, recorded_articles=without)

    async def search(self) -> Report:
        """With what today's knowledge base finds for the words as they are stored."""
        began = time.monotonic()
        finder = _open_finder(self._settings)
        try:
            await finder.refresh()
            threshold = self._guidance.article_threshold or finder.threshold
            calls = []
            for _, recorded in read_calls(self._log):
                weighed, passages = await search_again(finder, recorded, threshold=threshold)
                articles = WeighedArticles(
                    recorded, weighed, threshold=threshold, passages=passages
                )
                calls.append(self._simulate(recorded, articles))
        finally:
            finder.encoder.close()
        return self._report(calls, began)

    @property
    def _log(self) -> Path:
        return self._settings.data_folder / "calls.db"

    def _simulate(
        self, recorded: Sequence[Recorded], articles: WeighedArticles | None
    ) -> CallSimulation:
        return simulate(
            recorded,
            arbiter=self._arbiter,
            rules=self._rules,
            articles=articles,
        )

    def _report(
        self, calls: Sequence[CallSimulation], began: float, *, recorded_articles: int = 0
    ) -> Report:
        articles = [SuggestionKind.ARTICLE] if recorded_articles < len(calls) else []
        return Report(
            calls=tuple(calls),
            seconds=round(time.monotonic() - began, 2),
            decided_anew=(*articles, *self._rules),
            recorded_articles=recorded_articles,
        )


def _is_article(item: Recorded) -> bool:
    event = item.event
    return isinstance(event, SuggestionMade) and event.suggestion.kind is SuggestionKind.ARTICLE


def _open_finder(settings: Settings) -> KnowledgeFinder:
    knowledge = settings.knowledge
    folder = settings.folder(knowledge.folder, "knowledge")
    if not folder.is_dir():
        raise BadInput(f"{folder} is not there: --search needs the knowledge base of these calls")
    return load_finder(folder, knowledge.embedding_model, demo=None, now_ms=now_ms)


def _rules(settings: Settings, guidance: GuidanceSettings) -> dict[SuggestionKind, GuidanceRule]:
    """The rules that need no model, by the kind of cards they give."""
    playbooks = read_playbooks(_texts(settings, guidance.playbooks, "playbooks"))
    duties = read_compliance(_texts(settings, guidance.compliance, "compliance"))
    coaching = _texts(settings, guidance.coaching, "coaching.yaml")
    rules: dict[SuggestionKind, GuidanceRule] = {}
    if playbooks or guidance.playbooks:
        rules[SuggestionKind.NEXT_ACTION] = NextActionRule(playbooks)
    if duties or guidance.compliance:
        rules[SuggestionKind.COMPLIANCE] = ComplianceRule(ComplianceWords(duties, embed=_unread))
    for source, text in coaching:
        rules[SuggestionKind.COACHING] = CoachingRule(read_coaching(text, source=source))
    return rules


def _unread(texts: Sequence[str]) -> Vector:
    """No words are matched by meaning again: what was met and breached stays as recorded."""
    return np.zeros((len(texts), 1), np.float32)


def _texts(settings: Settings, configured: str, name: str) -> list[tuple[str, str]]:
    """The files of rules at a place, each with its text."""
    place = settings.folder(configured, name)
    if configured and not place.exists():
        kind = name.partition(".")[0]
        raise BadInput(f"{kind}: {place} is not there; a folder of YAML files or one is accepted")
    paths = [place] if place.is_file() else sorted(place.glob("*.yaml"))
    return [(str(path), path.read_text(encoding="utf-8")) for path in paths]
