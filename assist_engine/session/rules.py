"""What the organisation wrote for its calls: playbooks, conduct, codes and intents, as in use."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assist_engine.guidance.rule import Vector
from assist_engine.guidance.rule_yaml import hint
from assist_engine.session.action_runner import policy_of
from assist_engine.session.conduct_shelf import ConductShelf
from assist_engine.session.disposition_file import DispositionShelf
from assist_engine.session.filed_intents import FiledIntents
from assist_engine.session.playbook_shelf import PlaybookShelf
from assist_engine.session.rule_files import RuleWatch
from assist_engine.settings import Settings
from assist_engine.understanding.signal import Signal


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The shelves, and the files that signals read themselves."""

    playbooks: PlaybookShelf
    conduct: ConductShelf
    dispositions: DispositionShelf
    intents: FiledIntents | None  # None: another package's signal finds them

    @property
    def watch(self) -> RuleWatch:
        """What looks after all the files."""
        of_intents = [self.intents.files] if self.intents else []
        of_guidance = (self.playbooks.files, *self.conduct.files, self.dispositions.files)
        return RuleWatch([*of_guidance, *of_intents], doubts=self.doubts)

    def doubts(self) -> list[str]:
        """Playbooks that wait for intents which nothing tells."""
        known = self.intents.names if self.intents else frozenset()
        return [
            f"{playbook.place}: there is no intent {name}{hint(name, known)}"
            for playbook in self.playbooks.playbooks
            for name in sorted(playbook.when.intents - known)
            if known
        ]


def load_rules(
    settings: Settings, *, embed: Callable[[Sequence[str]], Vector], signals: Sequence[Signal]
) -> Rules:
    """Read all that is good; takes seconds. Raises `SettingsError` for hosts that are none."""
    guidance = settings.guidance
    return Rules(
        playbooks=PlaybookShelf(
            settings.folder(guidance.playbooks, "playbooks"),
            embed=embed,
            exploration=guidance.exploration,
            policy=policy_of(settings.actions),
        ),
        conduct=ConductShelf(
            compliance=settings.folder(guidance.compliance, "compliance"),
            coaching=settings.folder(guidance.coaching, "coaching.yaml"),
            embed=embed,
        ),
        dispositions=DispositionShelf(settings.folder(guidance.dispositions, "dispositions.yaml")),
        intents=next((one for one in signals if isinstance(one, FiledIntents)), None),
    )
