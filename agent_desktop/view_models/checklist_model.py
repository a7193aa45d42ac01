"""The steps of a playbook and how each was ticked: heard in the agent's words, or by hand."""

import msgspec

from agent_desktop.translation import tr
from agent_desktop.view_models.clock_words import clock_text
from agent_desktop.view_models.marked_words import readable
from assist_engine.call.state import Card
from assist_engine.contract.events import ChecklistTicked
from assist_engine.contract.ids import PlaybookId


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step. `proof` tells how it came to be ticked, `time` when, where that is known."""

    text: str
    is_done: bool = False
    proof: str = ""
    time: str = ""


class Checklist(msgspec.Struct, frozen=True, kw_only=True):
    """The steps of one playbook, in its order."""

    playbook_id: PlaybookId
    steps: tuple[Step, ...]

    @property
    def progress(self) -> str:
        """How far it is: 3 of 5."""
        done = sum(step.is_done for step in self.steps)
        return tr("{count} of {all}", count=done, all=len(self.steps))


def checklist_of(card: Card | None, ticks: tuple[ChecklistTicked, ...]) -> Checklist | None:
    """The checklist of a card; None where it has none."""
    if card is None or card.suggestion.playbook_id is None or not card.suggestion.checklist:
        return None
    playbook_id = card.suggestion.playbook_id
    ticked = {tick.item: tick for tick in ticks if tick.playbook_id == playbook_id}
    steps = tuple(_step(text, ticked.get(text)) for text in card.suggestion.checklist)
    return Checklist(playbook_id=playbook_id, steps=steps)


def _step(text: str, tick: ChecklistTicked | None) -> Step:
    if tick is None or not tick.is_done:
        return Step(text=text)
    if not tick.is_heard:
        return Step(text=text, is_done=True, proof=tr("ticked by hand"))
    said = tick.evidence[-1] if tick.evidence else None
    at_ms = said.start_ms if said else None
    return Step(
        text=text,
        is_done=True,
        proof=tr("heard: “{quote}”", quote=readable(said.quote)) if said else tr("heard"),
        time=clock_text(at_ms) if at_ms is not None else "",
    )
