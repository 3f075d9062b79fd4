"""What the stages of Facebook and Instagram share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from govsocial.platforms.budget import Budget, Unlimited
from govsocial.platforms.guard import Guard
from govsocial.platforms.meta.consent import ADDRESSES
from govsocial.platforms.oauth import AppCredentials
from govsocial.platforms.spec import Connection
from tests.platforms.conftest import QUICK
from tests.platforms.fakes import MemoryStore, Reply, Server

TOKEN = "EAAB-page-token-of-the-stage"
APP_SECRET = "app-secret-of-the-stage"
SECRETS = (TOKEN, APP_SECRET)
V = "/v26.0"


class Counted(Unlimited):
    """Notes whether each call belonged to publishing."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, bool]] = []

    def take(self, costs: Mapping[str, int], *, publishing: bool, server: str) -> None:
        for quota in costs:
            self.taken.append((quota, publishing))


def connection(
    server: Server, store: MemoryStore, *, app: bool = True, budget: Budget | None = None
) -> Connection:
    """Everything at one loopback server."""
    credentials = AppCredentials(client_id="4711", client_secret=APP_SECRET)
    return Connection(
        addresses=ADDRESSES.all_at(server.base),
        guard=Guard({server.host}),
        handle="kota",
        secrets=store,
        app=credentials if app else None,
        timing=QUICK,
        budget=budget or Unlimited(),
    )


def error(code: int, subcode: int | None = None, *, status: int = 400, **more: Any) -> Reply:
    """An error in Meta's envelope; its text repeats the token, as careless platforms do."""
    told: dict[str, Any] = {"message": f"(#{code}) refused {TOKEN}", "code": code, **more}
    if subcode is not None:
        told["error_subcode"] = subcode
    return Reply(status, {"error": {"type": "OAuthException", **told}})


def limited(minutes: int) -> Reply:
    usage = f'{{"1049":[{{"type":"pages","estimated_time_to_regain_access":{minutes}}}]}}'
    answer = error(32)
    return Reply(answer.status, answer.body, {"X-Business-Use-Case-Usage": usage})


def no_wait(seconds: float) -> None:
    """Waiting is not what these tests are about."""
