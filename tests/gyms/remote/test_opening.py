"""Opening a gym elsewhere: the address, who asks, and the seed."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.responses import Response

from engine.gyms.remote import GymError, RemoteGym
from engine.gyms.remote.check import check_server
from engine.tasks.models import AuthConfig, GymConfig
from tests.gyms.remote.conftest import SEED, Open, config
from tests.gyms.serving import Flaky, Served


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"context": {"user token": "s3cret"}}, "'x-user token', of its context or auth_config, cannot name a header"),
        ({"context": {"user_token": "s3\ncret"}}, "sent as x-user-token holds a character that it must not"),
        ({"context": {"user": "s3\ud800cret"}}, "sent as x-user holds a character that it must not"),
        ({"auth_config": AuthConfig(type="bearer", token="s3\0cret")}, "sent as Authorization holds a character"),
        ({"auth_config": AuthConfig(type="api_key", token="s3cret", header_name="a\nb")}, r"'a\\nb', of its context"),
    ],
)
async def test_what_cannot_be_a_header_is_refused_by_name_before_anything_is_sent(
    served: Served, desk: Any, more: dict[str, Any], words: str
) -> None:
    gym = GymConfig(mcp_server_name="gym-desk", mcp_server_url=served.url, **more)
    with pytest.raises(GymError, match=f"^gym-desk: .*{words}") as error:
        async with RemoteGym.open(gym, SEED, desk):
            pass
    assert "cret" not in str(error.value)
    assert not served.requests


async def test_a_server_that_cannot_be_reached_or_refuses_the_seed_is_an_error(opened: Open, served: Served) -> None:
    with pytest.raises(GymError, match=r"Failed to seed database.*nonsense"):
        async with opened("INSERT INTO nonsense VALUES (1);"):
            pass
    assert not served.seeded
    served.stop()
    with pytest.raises(GymError, match=f"127.0.0.1:{served.port}/api/seed-database cannot be reached"):
        async with opened():
            pass


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("https://127.0.0.1:{port}", "cannot be reached: .*wrong version number"),
        ("http://two..dots", "could not be asked: .*label empty"),
    ],
)
async def test_an_address_that_cannot_be_right_is_named_with_the_reason_and_without_its_password(
    served: Served, desk: Any, address: str, words: str
) -> None:
    told: list[str] = []
    address = address.format(port=served.port)
    secret = address.replace("://", "://ann:s3cret@") + "?key=s3cret#s3cret"
    with pytest.raises(GymError, match=words) as error:
        async with RemoteGym.open(config(secret), SEED, desk, report=told.append):
            pass
    assert told == []  # nothing was sent
    assert str(error.value).startswith(address)
    assert "s3cret" not in str(error.value)


async def test_seeding_that_is_answered_with_nonsense_has_failed(flaky: Flaky, served_flaky: Served, desk: Any) -> None:
    flaky.path = "/api/seed-database"
    for answer, words in ((Response("<html>Log in"), "a page for browsers"), (Response("ok"), "no JSON object: ok")):
        flaky.fault = lambda _request, answer=answer: answer
        with pytest.raises(GymError, match=f"api/seed-database answered .*{words}"):
            async with RemoteGym.open(config(served_flaky.url), SEED, desk):
                pass


async def test_user_and_password_of_an_address_are_sent_and_never_shown(served: Served, desk: Any) -> None:
    secret = served.url.replace("://", "://ann:p%40ss@")
    async with RemoteGym.open(config(secret), SEED, desk) as gym:
        assert not (await gym.call("list_tickets", {})).is_error
        assert gym.where == served.url
    assert {sent["authorization"] for sent in served.headers} == {"Basic YW5uOnBAc3M="}
    assert {path for _, path in served.requests} >= {"/mcp", "/api/seed-database", "/api/delete-database"}
    assert (await check_server(secret)).usable


async def test_a_task_that_authorises_itself_goes_before_the_password_of_an_address(served: Served, desk: Any) -> None:
    token = AuthConfig(type="bearer", token="s3cret")
    async with RemoteGym.open(config(served.url.replace("://", "://ann:pw@"), auth_config=token), SEED, desk) as gym:
        assert not (await gym.call("list_tickets", {})).is_error
    assert {sent["authorization"] for sent in served.headers} == {"Bearer s3cret"}
