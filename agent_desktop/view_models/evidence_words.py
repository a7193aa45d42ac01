"""Evidence as people read it: quoted words of the call, facts as they are."""

from collections.abc import Sequence

from agent_desktop.translation import tr
from agent_desktop.view_models.marked_words import readable
from assist_engine.contract.values import Evidence


def because(evidence: Sequence[Evidence]) -> str:
    """Why, in a line; empty where nothing is told."""
    quotes = " · ".join(
        f"“{readable(one.quote)}”" if one.utterance_id else one.quote for one in evidence
    )
    return tr("because {quotes}", quotes=quotes) if quotes else ""
