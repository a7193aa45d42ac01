"""An embedder that needs no model: texts that share words are near. It keeps what it was given."""

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from knowledge_base.embedding import Vectors


class HashEmbedder:
    def __init__(self, *, name: str = "hash", dimension: int = 64) -> None:
        self.name, self.dimension = name, dimension
        self.texts: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.texts += texts
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            vectors[row, 0] = 0.01  # no text is nothing
            for word in re.findall(r"\w+", text.lower()):
                digest = hashlib.blake2b(word.encode(), digest_size=4).digest()
                vectors[row, int.from_bytes(digest, "big") % self.dimension] += 1.0
        normalised: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return normalised
