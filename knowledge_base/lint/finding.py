"""What a check says: one thing found in one article, or between two."""

from enum import StrEnum

import msgspec


class Severity(StrEnum):
    """How bad a finding is. An error keeps a release back unless it is overridden."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something a rule found in an article. `other_id`: the article it clashes with."""

    rule: str  # "near-duplicate", "contradiction", "too-long" …
    severity: Severity
    article_id: str
    message: str
    quote: str = ""
    other_id: str | None = None
    other_quote: str = ""
