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
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

settings.register_profile("dev", max_examples=50, deadline=None)
settings.register_profile("ci", max_examples=300, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


class ByFile(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """A file's tests share its engine, so they share a worker.

    On two cores two engines at once measure each other: the end-to-end tests share one.
    """

    def _split_scope(self, nodeid: str) -> str:
        return "end2end" if nodeid.startswith("tests/end2end/") else nodeid.partition("::")[0]


# Not `--dist loadgroup`: pytest 9.2 has no `_nodeid` any more, in which xdist 3.8 writes the group.
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    return ByFile(config, log)


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


@pytest.fixture(autouse=True)
def _as_it_was_dressed(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that gives the application a font or a style leaves none to the next one."""
    if request.node.get_closest_marker("gui") is None:
        yield
        return
    application = request.getfixturevalue("qapp")
    font, style = application.font(), application.styleSheet()
    yield
    application.setStyleSheet(style)
    application.setFont(font)
