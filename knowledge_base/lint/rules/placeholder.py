"""Text that somebody meant to replace."""

import re
from collections.abc import Iterator
from typing import Final

from knowledge_base.lint.finding import Finding, Severity
from knowledge_base.lint.sheet import Sheet, shortened

# Capitals only: "todo" is a word in Spanish, and XXX stands for digits in numbers.
_MARK: Final = re.compile(
    r"(?<![\w-])(?:TODO|TBD|TBC|FIXME|TKTK|XXXX?(?=[:!]))(?![\w-])"
    r"|(?i:\blorem ipsum\b"
    r"|[\[<](?:insert|add|enter|your|fill in|placeholder|to be)\b[^\]>\n]{0,60}[\]>](?!\()"
    r"|\btext (?:comes|goes) here\b)"
)
_CODE: Final = re.compile(r"^(`{3,}|~{3,}).*?^\1|`[^`\n]+`|\]\([^)\n]*\)", re.DOTALL | re.MULTILINE)


def placeholder(sheet: Sheet) -> Iterator[Finding]:
    """A mark that the text is not finished."""
    for article in sheet.asked:
        for text in (article.title, _CODE.sub(lambda code: " " * len(code[0]), article.body)):
            if found := _MARK.search(text):
                start = max(0, text.rfind("\n", 0, found.start()) + 1, found.start() - 80)
                yield Finding(
                    rule="placeholder",
                    severity=Severity.WARNING,
                    article_id=article.article_id,
                    message=f"is not finished: it says {found[0]!r}",
                    quote=shortened(text[start : found.end() + 80].split("\n")[0]),
                )
                break
