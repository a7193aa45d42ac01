"""`/healthz` for whoever restarts the engine, `/metrics` for Prometheus, on the same port."""

from collections.abc import Callable, Iterator
from http import HTTPStatus

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from websockets.asyncio.server import ServerConnection
from websockets.http11 import Request, Response

from assist_engine.inference.encoder import EncoderStats
from assist_engine.server.engine_state import EngineState
from assist_engine.session.live_calls import LiveCalls


class EngineCollector(Collector):
    """Reads the engine's figures when they are asked for."""

    def __init__(
        self, engine: EngineState, encoder_stats: Callable[[], EncoderStats | None]
    ) -> None:
        self._engine = engine
        self._encoder_stats = encoder_stats

    def collect(self) -> Iterator[Metric]:
        """Yield every metric of the engine."""
        yield GaugeMetricFamily(
            "attune_ready", "1 when new calls are accepted", value=float(self._engine.is_open)
        )
        yield GaugeMetricFamily(
            "attune_knowledge_release", "Release in use", value=self._engine.status.release
        )
        if calls := self._engine.live_calls:
            yield from _of_calls(calls)
        if stats := self._encoder_stats():
            yield CounterMetricFamily(
                "attune_encoder_cpu_seconds", "CPU of the encoder thread", value=stats.cpu_seconds
            )
            yield CounterMetricFamily("attune_encoder_texts", "Texts embedded", value=stats.texts)


def _of_calls(calls: LiveCalls) -> Iterator[Metric]:
    yield GaugeMetricFamily("attune_live_calls", "Calls going on", value=calls.count)
    counted = CounterMetricFamily("attune_events", "Events and partials published", labels=["kind"])
    for kind, count in sorted(calls.fan_out.counts.items()):
        counted.add_metric([kind], count)
    yield counted


class HttpStatus:
    """Answers plain HTTP requests; lets websocket handshakes through."""

    def __init__(
        self, engine: EngineState, encoder_stats: Callable[[], EncoderStats | None]
    ) -> None:
        self._engine = engine
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._registry.register(EngineCollector(engine, encoder_stats))

    def process_request(self, connection: ServerConnection, request: Request) -> Response | None:
        """The hook of `websockets.asyncio.server.serve`."""
        path = request.path.partition("?")[0]
        if path == "/attune":
            return None
        if path == "/healthz":
            status = HTTPStatus.OK if self._engine.is_open else HTTPStatus.SERVICE_UNAVAILABLE
            return connection.respond(status, f"{self._engine.status.stage}\n")
        if path == "/metrics":
            response = connection.respond(HTTPStatus.OK, generate_latest(self._registry).decode())
            del response.headers["Content-Type"]
            response.headers["Content-Type"] = "text/plain; version=0.0.4; charset=utf-8"
            return response
        return connection.respond(
            HTTPStatus.NOT_FOUND, "paths are /attune (websocket), /healthz and /metrics\n"
        )
