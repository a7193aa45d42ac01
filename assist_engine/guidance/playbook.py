"""What a playbook says: when something is the next best action, and what the agent should do then.

Pure values, and when their conditions hold; `playbook_reader.py` reads them from files.
"""

import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final, TypeAlias

import msgspec
from msgspec.structs import replace

from assist_engine.contract.ids import PlaybookId
from assist_engine.contract.values import Emotion
from assist_engine.guidance.action import Action, ActionPolicy

Fact: TypeAlias = str | int | float | bool
COMPARE: Final[dict[str, Callable[[float, float], bool]]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
FIELD: Final = re.compile(r"\{(\w+)\}")


class FactCondition(msgspec.Struct, frozen=True, kw_only=True):
    """What a fact about the customer must be, such as `>= 5` or `== gold`."""

    fact: str
    comparison: str
    value: Fact

    def holds(self, facts: Mapping[str, Fact]) -> bool:
        """Whether the facts meet it; an unknown fact, or one of another type, does not."""
        known = facts.get(self.fact)
        if known is None:
            return False
        if self.comparison in {"==", "!="}:
            is_equal = known == self.value and isinstance(known, bool) == isinstance(
                self.value, bool
            )
            return is_equal == (self.comparison == "==")
        if isinstance(known, str | bool) or isinstance(self.value, str):
            return False
        return COMPARE[self.comparison](known, self.value)

    def __str__(self) -> str:
        return f"{self.comparison} {self.value}"


def can_hold(conditions: Sequence[FactCondition]) -> bool:
    """Whether some value of the one fact that all these conditions ask for meets them all."""
    if not conditions:
        return True
    values = [condition.value for condition in conditions]
    numbers = sorted({float(value) for value in values if isinstance(value, int | float)})
    between = [(a + b) / 2 for a, b in pairwise(numbers)]
    beyond = [numbers[0] - 1, numbers[-1] + 1] if numbers else [0.0]
    texts = [value for value in values if isinstance(value, str)]
    tried: list[Fact] = [*numbers, *between, *beyond, *texts, "".join(texts) + "?", True, False]
    fact = conditions[0].fact
    return any(all(one.holds({fact: value}) for one in conditions) for value in tried)


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """How far the call must be; empty: anywhere."""

    until_ms: int | None = None  # of audio
    after_ms: int = 0
    needs_identity: bool = False  # the agent has asked who is calling


class When(msgspec.Struct, frozen=True, kw_only=True):
    """All parts must hold; of intents, drivers and emotions together one is enough."""

    queue: str = ""
    intents: frozenset[str] = frozenset()
    any_driver: frozenset[str] = frozenset()
    any_emotion: frozenset[Emotion] = frozenset()
    min_effort: float = 0.0  # of the customer, 0 to 1
    is_mood_falling: bool = False
    stage: Stage = Stage()
    follows: frozenset[PlaybookId] = frozenset()  # one of them was used on this call
    facts: tuple[FactCondition, ...] = ()

    @property
    def names_words(self) -> bool:
        """Whether something in the customer's words is what it waits for."""
        return bool(self.intents or self.any_driver or self.any_emotion)


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """An item of the checklist, and ways in which an agent says it."""

    text: str
    says: tuple[str, ...] = ()


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """Something the agent may offer to customers of whom all of `facts` holds."""

    text: str
    facts: tuple[FactCondition, ...] = ()


class Playbook(msgspec.Struct, frozen=True, kw_only=True):
    """A next best action. `body` and offers may hold facts about the customer as {fact}."""

    playbook_id: PlaybookId
    title: str
    body: str
    when: When
    primary_label: str = ""
    alternative_label: str = ""
    steps: tuple[Step, ...] = ()
    offers: tuple[Offer, ...] = ()
    actions: tuple[Action, ...] = ()
    priority: int = 50  # 0 to 100, the author's order
    place: str = ""  # file:line

    @property
    def checklist(self) -> tuple[str, ...]:
        """The steps as the agent reads them."""
        return tuple(step.text for step in self.steps)

    @property
    def body_facts(self) -> tuple[str, ...]:
        """The facts that the body names."""
        return tuple(FIELD.findall(self.body))

    def text_for(self, facts: Mapping[str, Fact]) -> str:
        """The body and the offers open to this customer, with the facts in their places."""
        offers = [offer.text for offer in self.offers if _is_open(offer, facts)]
        text = "\n".join([self.body, *(f"You may offer: {offer}" for offer in offers)])
        return FIELD.sub(lambda field: str(facts[field[1]]), text)


def _is_open(offer: Offer, facts: Mapping[str, Fact]) -> bool:
    is_told = all(name in facts for name in FIELD.findall(offer.text))
    return is_told and all(condition.holds(facts) for condition in offer.facts)


def admitted(playbooks: Iterable[Playbook], policy: ActionPolicy | None) -> tuple[Playbook, ...]:
    """The playbooks with the actions that an administrator allows; without a policy, none.

    Raises `BadInput` with file and line for an action that goes to a host which is not listed.
    """
    if policy is None:
        return tuple(replace(playbook, actions=()) for playbook in playbooks)
    return tuple(replace(p, actions=policy.admit(p.actions)) for p in playbooks)
