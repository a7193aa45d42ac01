"""What holds for every test: the environment, hypothesis profiles, no unexpected warnings."""

import os

# Before Qt, torch or a tokenizer is imported: they read these once.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ["HF_HUB_OFFLINE"] = "1"

import logging
import re
from collections.abc import Iterator

import pytest
from hypothesis import settings

settings.register_profile("dev", max_examples=50, deadline=None)
settings.register_profile("ci", max_examples=300, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # A file's tests share its engine, so they share a worker. On two cores two engines at once
    # measure each other: the end-to-end tests share one.
    for item in items:
        name = item.path.relative_to(item.config.rootpath / "tests").as_posix()
        group = "end2end" if name.startswith("end2end/") else name
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(autouse=True)
def no_unexpected_warnings(
    request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> Iterator[None]:
    """Fails a test on a log of WARNING or worse; `@pytest.mark.logs("pattern")` expects one."""
    expected = [str(mark.args[0]) for mark in request.node.iter_markers("logs")]
    yield
    records = [*caplog.get_records("setup"), *caplog.get_records("call")]
    loud = [r.getMessage() for r in records if r.levelno >= logging.WARNING]
    unexpected = [line for line in loud if not any(re.search(p, line) for p in expected)]
    unmet = [p for p in expected if not any(re.search(p, line) for line in loud)]
    assert not unexpected, f"unexpected log: {unexpected}"
    assert not unmet, f"expected in the log, but not there: {unmet}"
