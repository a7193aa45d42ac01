import pytest

from assist_engine.customers.yaml_lines import PathStep, line_of

TEXT = """\
name: Ana
timeline:
  - title: First
  - title: Second
    ago: 2 h
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ((), 1),
        (("name",), 1),
        (("timeline", 0), 3),
        (("timeline", 1, "ago"), 5),
        (("timeline", 7, "ago"), 3),
        (("timeline", 1, "mood"), 4),
        (("name", "first"), 1),
        (("missing",), 1),
    ],
)
def test_the_line_of_a_value_or_of_what_holds_it(path: tuple[PathStep, ...], line: int) -> None:
    assert line_of(TEXT, path=path) == line


def test_an_empty_text_has_one_line() -> None:
    assert line_of("", path=("name",)) == 1
