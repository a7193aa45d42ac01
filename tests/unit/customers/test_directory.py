from pathlib import Path

import pytest

from assist_engine.customers.directory import Directory
from assist_engine.errors import BadInput

NOW_MS = 1_800_000_000_000


def customer(name: str, *phones: str) -> str:
    listed = ", ".join(f'"{phone}"' for phone in phones)
    return f"customer_id: {name}\nname: {name}\norganisation: Harbor Shop\nphones: [{listed}]\n"


def found(directory: Directory, number: str) -> str | None:
    known = directory.find(number)
    return known.profile.name if known else None


def test_local_and_international_spelling_find_one_customer(tmp_path: Path) -> None:
    (tmp_path / "ana.yaml").write_text(customer("ana", "(415) 555-0117"))
    directory = Directory.load(tmp_path, now_ms=NOW_MS)
    assert {found(directory, n) for n in ("+14155550117", "4155550117", "1-415-555-0117")} == {
        "ana"
    }


def test_an_unknown_or_withheld_number_finds_nobody(tmp_path: Path) -> None:
    (tmp_path / "ana.yaml").write_text(customer("ana", "+14155550117"))
    directory = Directory.load(tmp_path, now_ms=NOW_MS)
    assert [found(directory, n) for n in ("+14155550118", "anonymous", "")] == [None, None, None]


def test_the_region_says_how_local_numbers_are_read(tmp_path: Path) -> None:
    (tmp_path / "peter.yaml").write_text(customer("peter", "020 7946 0018"))
    directory = Directory.load(tmp_path, now_ms=NOW_MS, region="GB")
    assert found(directory, "+44 20 7946 0018") == "peter"
    assert found(directory, "02079460018") == "peter"


def test_a_broken_file_is_a_problem_and_the_others_load(tmp_path: Path) -> None:
    (tmp_path / "ana.yaml").write_text(customer("ana", "+14155550117", "+14155550118"))
    (tmp_path / "bad.yaml").write_text("customer_id: bad\nname: [oops\n")
    (tmp_path / "odd.yaml").write_bytes(b"name: \xff\xfe\n")
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "notes.txt").write_text("not read")
    directory = Directory.load(tmp_path, now_ms=NOW_MS)
    assert found(directory, "+14155550118") == "ana"
    assert len(directory) == 1
    told = [str(problem) for problem in directory.problems]
    assert len(told) == 3
    assert told[0].startswith("bad.yaml, line 3: not YAML")
    assert told[1].startswith("folder.yaml: cannot be read")
    assert told[2] == "odd.yaml, line 1: not UTF-8 text"


def test_a_number_of_two_customers_identifies_neither(tmp_path: Path) -> None:
    (tmp_path / "ana.yaml").write_text(customer("ana", "+14155550117"))
    (tmp_path / "ben.yaml").write_text(customer("ben", "4155550117", "+14155550118"))
    directory = Directory.load(tmp_path, now_ms=NOW_MS)
    assert found(directory, "+14155550117") is None
    assert found(directory, "+14155550118") == "ben"
    (problem,) = directory.problems
    assert "ana.yaml and ben.yaml: both have +14155550117" in str(problem)


def test_a_number_twice_in_one_file_is_no_problem(tmp_path: Path) -> None:
    (tmp_path / "ana.yaml").write_text(customer("ana", "4155550117", "+14155550117"))
    directory = Directory.load(tmp_path, now_ms=NOW_MS)
    assert (found(directory, "4155550117"), directory.problems) == ("ana", ())


def test_no_folder_is_refused_and_an_empty_one_is_not(tmp_path: Path) -> None:
    assert len(Directory.load(tmp_path, now_ms=NOW_MS)) == 0
    with pytest.raises(BadInput, match="no such folder"):
        Directory.load(tmp_path / "missing", now_ms=NOW_MS)
