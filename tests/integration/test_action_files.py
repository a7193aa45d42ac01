"""Where actions may go is said by the administrator, also for playbooks that change."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from assist_engine.app import demo_settings
from assist_engine.errors import SettingsError
from assist_engine.guidance.rule import Vector
from assist_engine.session.action_runner import policy_of
from assist_engine.session.playbook_shelf import PlaybookShelf
from assist_engine.settings import DEMO_SERVICE, RESOURCES, ActionSettings, Settings

pytestmark = pytest.mark.integration

PLAYBOOK = """- id: refund
  title: Refund
  body: Offer a refund
  when: {intents: [late]}
  actions:
    - {id: refund, label: Refund it, url: "https://HOST/refunds", asks_first: false}
"""


def embed(texts: Sequence[str]) -> Vector:
    return np.full((len(texts), 4), 0.5, np.float32)


def write(folder: Path, host: str) -> Path:
    file = folder / "refund.yaml"
    file.write_text(PLAYBOOK.replace("HOST", host), encoding="utf-8")
    return file


def allowed(*hosts: str, unattended: tuple[str, ...] = ()) -> ActionSettings:
    return ActionSettings(hosts=hosts, unattended=unattended)


@pytest.mark.logs("the rules before it stay in use")
@pytest.mark.logs("it is left out")
def test_a_playbook_that_goes_elsewhere_is_refused_and_the_old_one_stays(tmp_path: Path) -> None:
    write(tmp_path, "pay.example.com")
    policy = policy_of(allowed("https://pay.example.com"))
    shelf = PlaybookShelf(tmp_path, embed=embed, policy=policy)
    before = shelf.playbooks
    file = write(tmp_path, "evil.example.com")
    shelf.files.look()
    assert shelf.files.problem.startswith(f"{file}:6: the action refund goes to https://evil")
    assert shelf.playbooks == before
    again = PlaybookShelf(tmp_path, embed=embed, policy=policy)
    assert again.playbooks == ()
    assert "actions.hosts does not list" in again.files.problem


@pytest.mark.logs("it is left out")
def test_cards_offer_no_actions_where_nobody_allowed_any(tmp_path: Path) -> None:
    write(tmp_path, "pay.example.com")
    assert PlaybookShelf(tmp_path, embed=embed).playbooks[0].actions == ()
    shelf = PlaybookShelf(tmp_path, embed=embed, policy=policy_of(ActionSettings()))
    assert shelf.playbooks == ()
    assert "it lists none" in shelf.files.problem


def test_asking_nobody_takes_both(tmp_path: Path) -> None:
    write(tmp_path, "pay.example.com")
    for unattended, asks in (((), True), (("refund",), False)):
        settings = allowed("https://pay.example.com", unattended=unattended)
        shelf = PlaybookShelf(tmp_path, embed=embed, policy=policy_of(settings))
        assert shelf.playbooks[0].actions[0].offer.asks_first is asks


@pytest.mark.parametrize(
    "host", ["pay.example.com", "http://pay.example.com", "https://", "ftp://a", "https://a:b@c"]
)
def test_what_is_no_host_is_refused(host: str) -> None:
    with pytest.raises(SettingsError, match=r"actions.hosts: "):
        policy_of(allowed(host))


def test_the_demo_allows_its_own_service_and_nothing_unasked() -> None:
    actions = demo_settings(Settings()).actions
    assert actions.hosts == (DEMO_SERVICE,)
    shelf = PlaybookShelf(RESOURCES / "demo" / "playbooks", embed=embed, policy=policy_of(actions))
    offers = [action.offer for playbook in shelf.playbooks for action in playbook.actions]
    assert offers
    assert all(offer.asks_first for offer in offers)
