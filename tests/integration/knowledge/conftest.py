"""Knowledge bases for the tests beside: a small one without a model, the demo's with the real."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from knowledge_base import cli
from knowledge_base.article import Article
from knowledge_base.embedding import SentenceEmbedder, load_embedder
from knowledge_base.evaluate import read_golden
from knowledge_base.lifecycle import ReviewPolicy
from knowledge_base.store import KnowledgeBase

DEMO = Path(__file__).resolve().parents[3] / "resources" / "demo"


def article(name: str, body: str, **fields: object) -> Article:
    return Article(article_id=name, title=name.replace("-", " "), body=body, **fields)  # type: ignore[arg-type]


SMALL = (
    article(
        "lost-card",
        "Block the card at once.\n\n## Abroad\nSend an emergency card by courier.",
        products=("cards",),
        variants=("someone stole my wallet",),
    ),
    article("late-parcel", "Open a trace with the carrier.", products=("orders",)),
    article("opening-hours", "We answer from eight to six."),
)


class CommandLine:
    """Runs `attune-kb` in this process, so that the model's library is imported once."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capfd = monkeypatch, capfd

    def __call__(self, *arguments: str | Path, db: Path) -> tuple[int, str, str]:
        words = [str(word) for word in arguments]
        self._monkeypatch.setattr(sys, "argv", ["attune-kb", *words, "--db", str(db)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = self._capfd.readouterr()
        return int(ended.value.code or 0), out, err

    def json(self, *arguments: str | Path, db: Path) -> Any:
        code, out, err = self(*arguments, "--json", db=db)
        assert (code, err) == (0, "")
        return json.loads(out)


@pytest.fixture
def attune_kb(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(monkeypatch, capfd)


@pytest.fixture
def small_base(tmp_path: Path) -> KnowledgeBase:
    """Three articles; who saves one approves it."""
    base = KnowledgeBase.create(tmp_path / "kb")
    base.set_policy(ReviewPolicy.NONE)
    for one in SMALL:
        base.save(one, author="ana", reason="first", now_ms=1_000)
    return base


@pytest.fixture(scope="session")
def model() -> SentenceEmbedder:
    return load_embedder()


@pytest.fixture(scope="session")
def demo_base(model: SentenceEmbedder, tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    """The demo's articles, released with the curve learned from its golden questions."""
    base = KnowledgeBase.create(tmp_path_factory.mktemp("demo") / "kb")
    report = base.import_folder(DEMO / "articles", author="ana", reason="demo", now_ms=1_000)
    assert not report.broken
    base.keep_golden(read_golden(DEMO / "golden.jsonl"))
    base.publish(model, author="ana", reason="demo", now_ms=2_000)
    return base
