"""Trained weights of a sentence encoder in 8 bits: what differs from the model it began as.

A safetensors file. Each matrix is kept as int8 in groups of 64 numbers along its rows with one
scale a group (`NAME.q`, `NAME.s`), each vector as it is under its own name. What is not
in the file (word embeddings, which are not trained) comes from the model it began as.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

_GROUP: Final = 64
Array = NDArray[np.floating]


def pack(weights: Mapping[str, Array], path: Path) -> None:
    """Write weights by name."""
    packed: dict[str, NDArray[np.generic]] = {}
    for name, weight in weights.items():
        if weight.ndim < 2 or weight.size % _GROUP:
            packed[name] = weight.astype(np.float32)
            continue
        groups = weight.astype(np.float32).reshape(-1, _GROUP)
        # Not float16, which has few digits left for the scale of small weights.
        scale = np.abs(groups).max(1, keepdims=True) / np.float32(127)
        step = np.where(scale > 0, scale, np.float32(1))
        packed[f"{name}.q"] = (
            np.rint(groups / step).clip(-127, 127).astype(np.int8).reshape(weight.shape)
        )
        packed[f"{name}.s"] = scale
    save_file(packed, path)


def unpack(path: Path) -> dict[str, NDArray[np.float32]]:
    """Read what `pack` wrote; raises `OSError`, `ValueError`."""
    packed = load_file(path)
    weights: dict[str, NDArray[np.float32]] = {}
    for name, array in packed.items():
        if name.endswith(".q"):
            groups = array.astype(np.float32).reshape(-1, _GROUP)
            scale = packed[f"{name[:-2]}.s"].astype(np.float32)
            weights[name[:-2]] = (groups * scale).reshape(array.shape)
        elif not name.endswith(".s"):
            weights[name] = array.astype(np.float32)
    return weights
