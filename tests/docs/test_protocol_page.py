"""docs/protocol.md says what the contract says."""

import re

from assist_engine.contract import wire
from tests.docs.protocol_reference import PAGE, page_with_reference


def test_the_tables_are_those_of_the_contract() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == page_with_reference(page), "run python -m tests.docs.protocol_reference"


def test_every_kind_has_its_heading() -> None:
    headings = re.findall(r"^### `(.+)`$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(headings) == sorted([*wire.EVENT_KINDS, *wire.SAYING_KINDS, *wire.ANSWER_KINDS])


def test_the_examples_are_read_by_the_engine_and_by_the_desktop() -> None:
    blocks = re.findall(r"```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    said, answered = (block.splitlines() for block in blocks)
    assert [wire.encode_said(wire.decode_said(line)).decode() for line in said] == said
    assert all(wire.decode_from_engine(line) for line in answered)
    assert len(answered) == 2
