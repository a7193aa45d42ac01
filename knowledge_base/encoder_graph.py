"""Builds the graph of a MiniLM encoder for ONNX Runtime, from weights by name.

In: token vectors (texts, tokens, 384), already summed with those of their positions, and a mask
(texts, tokens) of int32, 1 where a token is. Out: last hidden states, same shape as the vectors.
Attention, skipping with normalisation and GELU are ONNX Runtime's fused operators
(`com.microsoft`), which do in one pass what takes a dozen standard operators each.
"""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

Array = NDArray[np.float32]

_FUSED: Final = "com.microsoft"
_HEADS: Final = 12
_EPSILON: Final = 1e-12
_OPERATORS: Final = 18  # version of the standard operators
_IR: Final = 9  # version of the file format


def encoder_graph(weights: Mapping[str, Array]) -> bytes:
    """An ONNX model; `weights` have the names of transformers' `BertModel`. Raises `KeyError`."""
    graph = _Graph(weights)
    state = graph.add(
        "LayerNormalization",
        "tokens",
        graph.weight("embeddings.LayerNorm.weight"),
        graph.weight("embeddings.LayerNorm.bias"),
        epsilon=_EPSILON,
    )
    layers = {name.split(".")[2] for name in weights if name.startswith("encoder.layer.")}
    for number in range(len(layers)):
        state = _layer(graph, state, f"encoder.layer.{number}.")
    return graph.finish(state, width=len(weights["embeddings.LayerNorm.bias"]))


def _layer(graph: "_Graph", state: str, layer: str) -> str:
    own = f"{layer}attention.self."
    attended = graph.add(
        "Attention",
        state,
        graph.columns(*(f"{own}{part}.weight" for part in ("query", "key", "value"))),
        graph.joined(*(f"{own}{part}.bias" for part in ("query", "key", "value"))),
        "mask",
        domain=_FUSED,
        num_heads=_HEADS,
    )
    state = _add_and_normalise(graph, attended, state, f"{layer}attention.output.")
    inner = graph.add("MatMul", state, graph.columns(f"{layer}intermediate.dense.weight"))
    bias = graph.weight(f"{layer}intermediate.dense.bias")
    return _add_and_normalise(
        graph, graph.add("BiasGelu", inner, bias, domain=_FUSED), state, f"{layer}output."
    )


def _add_and_normalise(graph: "_Graph", value: str, state: str, part: str) -> str:
    return graph.add(
        "SkipLayerNormalization",
        graph.add("MatMul", value, graph.columns(f"{part}dense.weight")),
        state,
        graph.weight(f"{part}LayerNorm.weight"),
        graph.weight(f"{part}LayerNorm.bias"),
        graph.weight(f"{part}dense.bias"),
        domain=_FUSED,
        epsilon=_EPSILON,
    )


class _Graph:
    """Nodes and constants added so far; each method returns a name that nodes may use."""

    def __init__(self, weights: Mapping[str, Array]) -> None:
        self._weights = weights
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []

    def add(
        self,
        operator: str,
        *inputs: str,
        domain: str = "",
        **options: Any,  # noqa: ANN401 - attributes of any operator
    ) -> str:
        name = f"{operator}-{len(self._nodes)}"
        node = helper.make_node(operator, list(inputs), [name], domain=domain, **options)
        self._nodes.append(node)
        return name

    def weight(self, name: str) -> str:
        return self._constant(name, self._weights[name])

    def columns(self, *names: str) -> str:
        """Weights beside each other, in columns: what MatMul multiplies with from the right."""
        return self._constant(names[0], np.concatenate([self._weights[n] for n in names]).T)

    def joined(self, *names: str) -> str:
        return self._constant(names[0], np.concatenate([self._weights[n] for n in names]))

    def finish(self, output: str, *, width: int) -> bytes:
        self._nodes.append(helper.make_node("Identity", [output], ["states"]))
        shape: list[str | int | None] = ["texts", "length", width]
        graph = helper.make_graph(
            self._nodes,
            "minilm",
            [
                helper.make_tensor_value_info("tokens", TensorProto.FLOAT, shape),
                helper.make_tensor_value_info("mask", TensorProto.INT32, shape[:2]),
            ],
            [helper.make_tensor_value_info("states", TensorProto.FLOAT, shape)],
            self._constants,
        )
        versions = [helper.make_opsetid("", _OPERATORS), helper.make_opsetid(_FUSED, 1)]
        model = helper.make_model(graph, opset_imports=versions, ir_version=_IR)
        return bytes(model.SerializeToString())

    def _constant(self, name: str, value: Array) -> str:
        tensor = np.ascontiguousarray(value, dtype=np.float32)
        self._constants.append(numpy_helper.from_array(tensor, name))
        return name
