"""Opening a gym elsewhere: the address, who asks, and the seed."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

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


def _echo(request: Request) -> Response:
    """A proxy that explains itself with all that it was sent."""
    sent = f"{request.url} {dict(request.headers)}"
    if (request.state.message or {}).get("method") == "tools/call":
        error = {"code": -32000, "message": sent}
        return JSONResponse({"jsonrpc": "2.0", "id": request.state.message["id"], "error": error})
    return Response(sent, 403)


async def test_what_a_server_repeats_of_what_it_was_sent_in_confidence_is_hidden(
    flaky: Flaky, served_flaky: Served, desk: Any
) -> None:
    gym_config = GymConfig(
        mcp_server_name="gym-desk",
        mcp_server_url=served_flaky.url.replace("://", "://ann:s3cret-word@") + "?key=s3cret-query",
        context={"X-Desk-User": "ann", "x-api-key": "s3cret-key", "Cookie": "id=s3cret-cookie"},
        auth_config=AuthConfig(type="bearer", token='s3cret-"token"'),
    )
    async with RemoteGym.open(gym_config, SEED, desk) as gym:
        flaky.fault = _echo
        for path in ("/mcp", "/api/sql-runner"):
            flaky.path = path
            call = await gym.call("open_ticket", {"title": "x"})
            [query] = await gym.query_all(["SELECT 1"])
            told = str(call.error if path == "/mcp" else query)
            assert "•••" in told
            assert "ann" in told
            assert "s3cret" not in told
        flaky.fault = None
    flaky.fault, flaky.path = _echo, "/api/seed-database"
    with pytest.raises(GymError, match="•••") as error:
        async with RemoteGym.open(gym_config, SEED, desk):
            pass
    assert "s3cret" not in str(error.value)


async def test_a_query_in_an_address_stays_behind_the_path(served: Served, desk: Any) -> None:
    async with RemoteGym.open(config(f"{served.url}/?team=7#top"), SEED, desk) as gym:
        assert not (await gym.call("list_tickets", {})).is_error
        assert gym.where == served.url
