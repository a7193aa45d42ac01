"""How good drafted wrap-ups were, by what agents changed in them."""

from collections.abc import Sequence
from statistics import fmean

import msgspec

from assist_engine.learning.wrap_up_choices import FiledCall


class WrapUpFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Shares are 0 to 1; None where there are no calls to tell it of."""

    calls: int
    mean_changed_share: float | None
    accepted_unchanged: float | None
    disposition_first: float | None  # filed under the likeliest one
    disposition_listed: float | None  # filed under one of those offered
    generated_calls: int
    generated_changed_share: float | None


def measure_wrap_ups(filed: Sequence[FiledCall]) -> WrapUpFigures:
    """The figures of calls whose wrap-up was completed."""
    generated = [call for call in filed if call.draft.is_generated]
    return WrapUpFigures(
        calls=len(filed),
        mean_changed_share=_mean([call.changed_share for call in filed]),
        accepted_unchanged=_mean([call.is_unchanged for call in filed]),
        disposition_first=_mean([call.is_hit for call in filed]),
        disposition_listed=_mean([call.is_listed for call in filed]),
        generated_calls=len(generated),
        generated_changed_share=_mean([call.changed_share for call in generated]),
    )


def _mean(values: Sequence[float]) -> float | None:
    return round(fmean(values), 4) if values else None
