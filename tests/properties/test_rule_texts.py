"""Whatever stands in a file of rules: it is read, or refused with its name and why."""

from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assist_engine.errors import BadInput
from assist_engine.guidance.coaching import read_coaching
from assist_engine.guidance.compliance_reader import read_compliance
from assist_engine.guidance.playbook_reader import read_playbooks
from assist_engine.session.disposition_file import read_dispositions
from assist_engine.session.intent_folder import examples_in
from assist_engine.settings import RESOURCES

SOURCE = "rules.yaml"
READERS: dict[str, Callable[[str], object]] = {
    "playbooks/orders.yaml": lambda text: read_playbooks([(SOURCE, text)]),
    "playbooks/broadband.yaml": lambda text: read_playbooks([(SOURCE, text)]),
    "compliance/cards.yaml": lambda text: read_compliance([(SOURCE, text)]),
    "coaching.yaml": lambda text: read_coaching(text, source=SOURCE),
    "dispositions.yaml": lambda text: read_dispositions([(SOURCE, text)]),
    "intents.yaml": lambda text: examples_in(text, source=SOURCE),
}
GOOD = {name: (RESOURCES / "demo" / name).read_text(encoding="utf-8") for name in READERS}
PIECES = st.one_of(
    st.text(max_size=8),
    st.sampled_from("\t\n{}[]'\"|>#~%=\x00\ufeff\x85"),
    st.sampled_from([": ", "- ", "? ", "&a ", "*a", "<<: *a", "---\n", "...\n", "- id: x\n"]),
    st.sampled_from(["!!python/name:os.system", "!!set {a}", "!!binary x", "{x.y.z}", "=:"]),
    st.sampled_from(["1e999", ".nan", "2020-13-41", "0x"]),
)
EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), PIECES), min_size=1, max_size=4)


def read(name: str, text: str) -> None:
    told = ""
    try:
        READERS[name](text)
    except BadInput as error:
        told = str(error)
    assert told.startswith(SOURCE) or not told
    assert len(told) < 3_000


@pytest.mark.parametrize("name", READERS)
@given(EDITS)
def test_an_edit_is_read_or_refused(name: str, edits: list[tuple[float, int, str]]) -> None:
    text = GOOD[name][:3_000]
    for at, gone, new in edits:
        place = int(at * len(text))
        text = text[:place] + new + text[place + gone :]
    read(name, text)


@pytest.mark.parametrize("name", READERS)
@given(st.one_of(st.text(), st.lists(PIECES, max_size=12).map("".join)))
@example("")
@example("null")
@example("- - - x")
@example("? {a: b}\n: c")
@example("- {[a]: b}")
@example("{{a}: b}: c")
@example("- {id: !!binary x}")
@example("\ud800")
def test_any_text_is_read_or_refused(name: str, text: str) -> None:
    read(name, text)
