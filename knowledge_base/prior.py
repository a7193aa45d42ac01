"""What calls said of articles, as a small push for a search: from -1 (no help) to 1 (helped). Pure.

Few calls say little: a push grows with the number of calls and never reaches the ends.
"""

from collections.abc import Mapping
from typing import Final

_DOUBT: Final = 5  # calls that must speak before half of the push is given

Feedback = Mapping[str, tuple[int, int]]  # by article: in how many calls it helped, and did not


def prior_of(feedback: Feedback) -> dict[str, float]:
    """The push of each article that calls said something of."""
    return {
        article_id: (helped - failed) / (helped + failed + _DOUBT)
        for article_id, (helped, failed) in feedback.items()
        if helped != failed
    }
