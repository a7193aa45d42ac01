"""`attune-engine simulate`: what changed limits and rules would have shown on stored calls."""

import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from assist_engine.app import arbiter, demo_settings
from assist_engine.call.state import CardStatus
from assist_engine.cli.serve import Config, Data, with_overrides
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
from assist_engine.guidance.simulation import CallSimulation, Shown, simulate
from assist_engine.settings import GuidanceSettings, Settings, load_settings

_HOUR_MS: Final = 3_600_000


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All stored calls, as they were and as they would have been."""

    calls: tuple[CallSimulation, ...]
    seconds: float
    decided_anew: tuple[SuggestionKind, ...]


def simulate_rules(
    *,
    rules: Annotated[
        Path | None,
        typer.Option(help="YAML with what changes of [guidance]: limits, playbooks, …"),
    ] = None,
    config: Config = None,
    data: Data = None,
    demo: Annotated[bool, typer.Option("--demo", help="With the demo organisation.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print for machines.")] = False,
) -> None:
    """Decide the cards of all stored calls again, beside what was shown; the log is only read."""
    settings = with_overrides(load_settings(config), data=data)
    if demo:
        settings = demo_settings(settings)
    report = _simulate(settings, changed(settings.guidance, rules))
    if as_json:
        print(msgspec.json.encode(report).decode())
    else:
        _print(Console(), report)


def changed(guidance: GuidanceSettings, rules: Path | None) -> GuidanceSettings:
    """The settings with what the file says instead; raises `BadInput`."""
    if rules is None:
        return guidance
    try:
        new = msgspec.yaml.decode(rules.read_bytes(), type=dict[str, Any] | None) or {}
        return msgspec.convert(
            _merged(msgspec.to_builtins(guidance), new), type=GuidanceSettings, strict=True
        )
    except (OSError, msgspec.MsgspecError) as error:
        accepted = "accepted is what [guidance] of the settings holds"
        raise BadInput(f"{rules}: {error}; {accepted}") from error


def _merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**old}
    for name, value in new.items():
        is_inner = isinstance(value, dict) and isinstance(old.get(name), dict)
        merged[name] = _merged(old[name], value) if is_inner else value
    return merged


def _simulate(settings: Settings, guidance: GuidanceSettings) -> Report:
    began = time.monotonic()
    rules = _rules(settings, guidance)
    decides = arbiter(guidance)
    calls = tuple(
        simulate(recorded, arbiter=decides, rules=list(rules.values()), anew=list(rules))
        for _, recorded in read_calls(settings.data_folder / "calls.db")
    )
    seconds = round(time.monotonic() - began, 2)
    return Report(calls=calls, seconds=seconds, decided_anew=tuple(rules))


def _rules(settings: Settings, guidance: GuidanceSettings) -> dict[SuggestionKind, GuidanceRule]:
    """The rules that need no model, by the kind of cards they give."""
    playbooks = read_playbooks(_texts(settings, guidance.playbooks, "playbooks"))
    duties = read_compliance(_texts(settings, guidance.compliance, "compliance"))
    coaching = _texts(settings, guidance.coaching, "coaching.yaml")
    rules: dict[SuggestionKind, GuidanceRule] = {}
    if playbooks:
        rules[SuggestionKind.NEXT_ACTION] = NextActionRule(playbooks)
    if duties:
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
        raise BadInput(f"{place} is not there: the files of {name.partition('.')[0]} are accepted")
    paths = [place] if place.is_file() else sorted(place.glob("*.yaml"))
    return [(str(path), path.read_text(encoding="utf-8")) for path in paths]


def _print(console: Console, report: Report) -> None:
    table = Table(title="Cards by call: as it was, as it would have been")
    for column in ("call", "minutes", "was", "would be", "would come", "would not come"):
        table.add_column(column)
    for call in report.calls:
        was, would = {one.topic for one in call.was}, {one.topic for one in call.would}
        table.add_row(
            call.call_id,
            f"{call.audio_ms / 60_000:.1f}",
            str(len(call.was)),
            str(len(call.would)),
            ", ".join(sorted(would - was)),
            ", ".join(sorted(was - would)),
        )
    console.print(table)
    for name, side in (("was", [c.was for c in report.calls]), ("would be", _would(report))):
        console.print(f"{name}: {_told(side, report)}")
    console.print(
        f"{len(report.calls)} calls in {report.seconds} s. Decided anew: "
        f"{', '.join(report.decided_anew) or 'no kind, only which cards and when'}. Articles and "
        "other kinds: the recorded cards are the candidates, since a log does not hold what else "
        "was found."
    )


def _would(report: Report) -> Sequence[Sequence[Shown]]:
    return [call.would for call in report.calls]


def _told(side: Sequence[Sequence[Shown]], report: Report) -> str:
    cards = [one for call in side for one in call]
    hours = sum(call.audio_ms for call in report.calls) / _HOUR_MS
    judged = [one for one in cards if one.was_shown]
    used = sum(one.status is CardStatus.USED for one in judged)
    dismissed = sum(one.status is CardStatus.DISMISSED for one in judged)
    kinds = ", ".join(f"{kind} {number}" for kind, number in _by_kind(cards))
    return (
        f"{len(cards)} cards ({kinds or 'none'}), "
        f"{len(cards) / hours if hours else 0:.1f} an hour, "
        f"{len(cards) / len(side) if side else 0:.1f} a call; used {_of(used, judged)}, "
        f"dismissed {_of(dismissed, judged)}; {len(cards) - len(judged)} nobody could judge"
    )


def _of(number: int, judged: Sequence[Shown]) -> str:
    return f"{number} ({number / len(judged):.0%})" if judged else "0"


def _by_kind(cards: Sequence[Shown]) -> Iterator[tuple[str, int]]:
    for kind in SuggestionKind:
        number = sum(one.kind is kind for one in cards)
        if number:
            yield str(kind), number
