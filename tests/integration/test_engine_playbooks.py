"""A real engine starts without the rules it cannot read, tells its desktops, and goes on."""

import asyncio
from pathlib import Path

import pytest

from assist_engine.contract.answers import EngineStatus
from tests.integration.conftest import RunningEngine
from tests.integration.test_engine_learning import engine_in

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]

GOOD = "- {id: x, title: T, body: B, when: {intents: [late]}}\n"


def test_a_problem_is_in_the_status_until_it_is_mended(tmp_path: Path) -> None:
    rules = tmp_path / "playbooks" / "p.yaml"
    rules.parent.mkdir()
    rules.write_text(GOOD)
    (tmp_path / "coaching.yaml").write_text("nonsense: 1\n")
    (tmp_path / "intents.yaml").write_text("intents: [{id: late}]\n")
    with engine_in(tmp_path) as engine:
        asyncio.run(break_and_mend(engine, rules))


async def break_and_mend(engine: RunningEngine, rules: Path) -> None:
    async with engine.desktop("supervisor") as desktop:
        at_start = await desktop.until(
            lambda item: isinstance(item, EngineStatus) and item.is_ready, timeout_s=60
        )
        assert isinstance(at_start, EngineStatus)
        assert "coaching.yaml:1: " in at_start.problem  # and the engine started
        assert "intents.yaml, line 1: " in at_start.problem
        await asyncio.to_thread(rules.write_text, GOOD.replace("title", "titel"))
        told = await desktop.until(
            lambda item: isinstance(item, EngineStatus) and "p.yaml" in item.problem, timeout_s=10
        )
        assert isinstance(told, EngineStatus)
        assert "p.yaml:1: a playbook has no field 'titel'" in told.problem
        assert told.is_ready
        assert "coaching.yaml:1: " in told.problem
        await asyncio.to_thread(rules.write_text, GOOD)
        for name in ("coaching.yaml", "intents.yaml"):
            await asyncio.to_thread((rules.parent.parent / name).unlink)
        await desktop.until(
            lambda item: isinstance(item, EngineStatus) and not item.problem, timeout_s=10
        )
