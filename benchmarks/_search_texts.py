"""What the search benchmark searches: articles of made-up words, and two kinds of vectors of them.

`RealVectors` stand for those of a real model: ten thousand sentences, those of the demo and others
made from a grammar, are embedded once by the default model (kept in the temporary folder). A text
has the vector of the sentence that its rarest word names, moved by the difference of two other
sentences: as near to its sentence as a paraphrase, and no further from the real ones than they are
from each other. `SummedVectors` are the hard case: sums of random vectors of words, which lie in
all directions alike, so that near and far differ little.
"""

import hashlib
import itertools
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from knowledge_base.article import Article, read_article
from knowledge_base.embedding import Vectors, load_embedder
from knowledge_base.evaluate import read_golden
from knowledge_base.passages import cut, sentences

PASSAGES_EACH: Final = 3
WORDS: Final = 30_000
DIMENSION: Final = 384
_DEMO: Final = Path(__file__).resolve().parents[1] / "resources" / "demo"
_SENTENCES: Final = 10_000
_MOVED: Final = 0.4  # by how much of a difference
_ASKED: Final = (
    "how do i {} {}", "i can't {} {}", "is it possible to {} {}", "what does it cost to {} {}",
    "they told me to {} {}", "someone tried to {} {}", "why do you have to {} {}",
    "To {} {}, open the customer's record first.", "Only a supervisor may {} {}.",
    "Do not {} {} before the identity check.", "Offer to {} {} where nothing else helps.",
    "It takes three days to {} {}.",
)  # fmt: skip
_DO: Final = (
    "cancel", "change", "pay for", "return", "replace", "track", "insure", "repair", "renew",
    "transfer", "upgrade", "block", "report", "move", "register", "refund", "explain", "confirm",
    "print", "share", "connect", "reset", "split", "translate", "invoice", "postpone", "borrow",
    "measure", "paint", "feed", "teach", "sell", "clean", "charge", "weigh",
)  # fmt: skip
_THING: Final = (
    "the order", "a hotel room", "my credit card", "the router", "a flight to Rome", "the boiler",
    "a car lease", "my pension", "the electricity meter", "a dentist appointment", "my passport",
    "the washing machine", "a life insurance", "the school bus pass", "my phone number",
    "a library book", "the garden fence", "a parking fine", "my dog's vaccination", "the gas bill",
    "a concert ticket", "the office printer", "my tax return", "a bank transfer", "the laptop",
    "a gym membership", "the hearing aid", "my birth certificate", "a rental flat", "the bicycle",
    "a loyalty voucher", "my streaming account", "the security alarm", "a furniture delivery",
    "the prescription", "my voting card", "a solar panel", "the elevator", "my savings plan",
)  # fmt: skip


class RealVectors:
    """Vectors as a real model gives them, without its time; see the module."""

    name = "real sentences, moved"
    dimension = DIMENSION

    def __init__(self) -> None:
        self._sentences = _sentence_vectors()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """L2-normalised float32 vectors, shape (len(texts), dimension)."""
        nearest = [max(_words_in(text), default=0) for text in texts]
        dice = np.array([_dice(text) for text in texts], np.int64).reshape(len(texts), 2)
        known, count = self._sentences, len(self._sentences)
        moved = known[dice[:, 0] % count] - known[dice[:, 1] % count]
        return _normalised(known[np.array(nearest, np.int64) % count] + _MOVED * moved)


class SummedVectors:
    """Sums random vectors of words: neighbours are texts with the same words."""

    name = "sum of words"
    dimension = DIMENSION

    def __init__(self) -> None:
        dice = np.random.default_rng(1)
        self._words = dice.normal(size=(WORDS, DIMENSION)).astype(np.float32)
        # A word that is everywhere says little, as in a real model.
        self._words *= np.log1p(np.arange(WORDS))[:, None].astype(np.float32)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """L2-normalised float32 vectors, shape (len(texts), dimension)."""
        sums = [self._words[_words_in(text) or [1]].sum(axis=0) for text in texts]
        return _normalised(np.array(sums, np.float32).reshape(len(texts), DIMENSION))


class Writer:
    """Writes articles of words that are as often as in a language (Zipf's law)."""

    def __init__(self, *, seed: int = 2) -> None:
        self._dice = np.random.default_rng(seed)
        self._ends = np.cumsum(1 / np.arange(1, WORDS + 1))

    def words(self, count: int) -> str:
        """Some words; a higher number is a rarer word."""
        drawn = np.searchsorted(self._ends, self._dice.random(count) * self._ends[-1])
        return " ".join(f"w{number}" for number in drawn.tolist())

    def article(self, number: int) -> Article:
        """An article with a passage a section and three callers' questions."""
        sections = [
            f"## {self.words(3)}\n{self.words(30)}. {self.words(25)}." for _ in range(PASSAGES_EACH)
        ]
        return Article(
            article_id=f"a{number}",
            title=self.words(5),
            body="\n\n".join(sections),
            variants=tuple(self.words(9) for _ in range(3)),
        )


def _words_in(text: str) -> list[int]:
    return [int(word[1:].rstrip(".")) for word in text.split() if word[1:2].isdigit()]


def _dice(text: str) -> tuple[int, int]:
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest[:4], "big"), int.from_bytes(digest[4:], "big")


def _normalised(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    normalised: Vectors = (vectors / lengths).astype(np.float32)
    return normalised


def _sentence_vectors() -> Vectors:
    """Vectors of real sentences, embedded once for these sentences and this model."""
    texts = list(dict.fromkeys(itertools.chain(_demo_sentences(), _made_sentences())))[:_SENTENCES]
    embedder = load_embedder()
    asked = hashlib.sha256("\n".join((embedder.name, *texts)).encode()).hexdigest()[:16]
    kept = Path(tempfile.gettempdir()) / f"attune-benchmark-{asked}.npy"
    if not kept.exists():
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        vectors = np.empty((len(texts), DIMENSION), np.float32)
        vectors[order] = embedder.encode([texts[at] for at in order])
        np.save(kept, vectors)
    loaded: Vectors = np.load(kept)
    return loaded


def _demo_sentences() -> Iterator[str]:
    for path in sorted((_DEMO / "articles").iterdir()):
        article = read_article(path)
        yield article.title
        yield from article.variants
        for passage in cut(article):
            yield from (passage.text[start:end] for start, end in sentences(passage.text))
    for golden in read_golden(_DEMO / "golden.jsonl"):
        yield golden.question


def _made_sentences() -> Iterator[str]:
    """All sentences of the grammar, in an order without any."""
    every = [form.format(do, it) for form, do, it in itertools.product(_ASKED, _DO, _THING)]
    for at in np.random.default_rng(4).permutation(len(every)).tolist():
        yield every[at]
