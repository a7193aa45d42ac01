"""The demo's recorded calls as written conversations, through all that understands and guides."""

import asyncio
import tomllib
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from assist_engine.app import EngineApp, demo_settings
from assist_engine.call.state import CallState, Card
from assist_engine.contract.values import GuidanceMode
from assist_engine.session.conversation import read_conversations
from assist_engine.session.text_call import TextCall
from assist_engine.settings import RESOURCES, Settings

DEMO = RESOURCES / "demo"
CALLS = sorted(path.stem for path in (DEMO / "calls").glob("*.toml"))


def play_demo_calls(data: Path, *, mode: GuidanceMode) -> dict[str, CallState]:
    """Each call to its end, by name."""

    async def play_all() -> dict[str, CallState]:
        written = read_conversations(DEMO / "conversations")
        app = EngineApp(settings=demo_settings(replace(Settings(), data=str(data))), demo=DEMO)
        async with app.open_for_text() as stages:
            calls = {name: replace(written[name], mode=mode) for name in CALLS}
            return {name: await TextCall(stages, name, calls[name]).play() for name in CALLS}

    return asyncio.run(play_all())


def shown_id(card: Card) -> str:
    """The card's name in expectations."""
    return str(card.suggestion.topic.partition("-")[2])


def expectations(name: str) -> list[dict[str, Any]]:
    """What must be on the screen when."""
    about = tomllib.loads((DEMO / "calls" / f"{name}.toml").read_text(encoding="utf-8"))
    return list(about["expected"])
