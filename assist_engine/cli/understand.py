"""`attune-engine understand`: signals of written lines, for other tools and for tests."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, BinaryIO, Final

import msgspec
import typer

from assist_engine.errors import BadInput
from assist_engine.inference.emotion_model import EmotionModel, FeelingReader
from assist_engine.session.knowledge_finder import load_encode
from assist_engine.session.rule_files import RuleWatch
from assist_engine.session.signal_makers import files_of, make_signals
from assist_engine.session.text_reader import Line, TextReader
from assist_engine.understanding.analyzer import Analyzer
from assist_engine.understanding.signal import SignalTools

_AT_ONCE: Final = 256  # lines
_ACCEPTED: Final = '{"id": …, "text": "…", "participant": "customer" or "agent", "call": optional}'


def understand(
    *,
    intents: Annotated[
        Path | None,
        typer.Option(help="Folder that `train intents` wrote, or a file of intents."),
    ] = None,
    model: Annotated[str, typer.Option(help="Embedding model.")] = "attune-minilm-1",
) -> None:
    """Read JSON lines from standard input, write what each says as a JSON line."""
    if intents is not None and not intents.exists():
        raise BadInput(f"{intents} is not there: a folder or a file of intents is accepted")
    feelings = FeelingReader(EmotionModel.load())
    reader = _load(model, intents or Path("no intents"), feelings)
    feelings.start()
    try:
        _write(reader, _lines(sys.stdin.buffer), sys.stdout.buffer)
    finally:
        feelings.close()


def _write(reader: TextReader, lines: Iterator[Line], out: BinaryIO) -> None:
    """Read lines batch by batch; of a bad line, those before it are still written."""
    batch: list[Line] = []
    try:
        for line in lines:
            batch.append(line)
            if len(batch) == _AT_ONCE:
                batch = _written(reader, batch, out)
    finally:
        _written(reader, batch, out)


def _written(reader: TextReader, batch: list[Line], out: BinaryIO) -> list[Line]:
    """Write what a batch says; nothing of it waits any more."""
    encoder = msgspec.json.Encoder()
    for understood in reader.read(batch) if batch else ():
        out.write(encoder.encode(understood) + b"\n")
    out.flush()
    return []


def _load(model: str, intents: Path, feelings: FeelingReader) -> TextReader:
    embed = load_encode(model)
    tools = SignalTools(
        embed=lambda texts: embed(list(texts)), embedding_model=model, intents=intents
    )
    signals = make_signals(tools)
    RuleWatch(files_of(signals)).check()
    analyzer = Analyzer(signals)
    return TextReader(embed=embed, feelings=feelings, analyzer=analyzer)


def _lines(source: Iterable[bytes]) -> Iterator[Line]:
    decoder = msgspec.json.Decoder(Line)
    for number, raw in enumerate(source, start=1):
        if not raw.strip():
            continue
        try:
            yield decoder.decode(raw)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise BadInput(f"line {number}: {error}; a line is {_ACCEPTED}") from error
