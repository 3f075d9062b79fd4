"""People of the test network who react to posts, by plain requests to their PDS.

Deliberately not govsocial's own client: what the client reports must come from somebody else.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

SECONDS = 20


@dataclass(frozen=True)
class Account:
    did: str
    handle: str
    password: str
    app_password: str = ""


@dataclass(frozen=True)
class Network:
    """What ``tests/live/network/run.py`` wrote when the network was ready."""

    pds_url: str
    appview_url: str
    plc_url: str
    jwt_secret: str
    versions: dict[str, str]
    official: Account
    citizens: list[Account]
    impatient: Account

    @classmethod
    def read(cls, path: Path) -> Network:
        values = json.loads(path.read_text())
        for name in ("official", "impatient"):
            values[name] = Account(**values[name])
        values["citizens"] = [Account(**citizen) for citizen in values["citizens"]]
        return cls(**values)


@dataclass
class Citizen:
    """One signed-in account. Every action returns the ``at://`` address of the record it made."""

    pds_url: str
    account: Account
    _token: str = field(default="", repr=False)

    def token(self) -> str:
        """The token of this account's session, made once."""
        if not self._token:
            session = requests.post(
                f"{self.pds_url}/xrpc/com.atproto.server.createSession",
                json={"identifier": self.account.handle, "password": self.account.password},
                timeout=SECONDS,
            )
            session.raise_for_status()
            self._token = session.json()["accessJwt"]
        return self._token

    def call(self, method: str, name: str, **arguments: Any) -> dict[str, Any]:
        """Call the procedure or query ``name`` and return its JSON; raise on any refusal."""
        answer = requests.request(
            method,
            f"{self.pds_url}/xrpc/{name}",
            headers={"Authorization": f"Bearer {self.token()}"},
            timeout=SECONDS,
            **arguments,
        )
        answer.raise_for_status()
        # Some procedures answer with nothing at all.
        found: dict[str, Any] = answer.json() if answer.content else {}
        return found

    def like(self, uri: str) -> str:
        return self._create("app.bsky.feed.like", subject=self._strong(uri))

    def post(self, text: str) -> str:
        return self._create("app.bsky.feed.post", text=text)

    def repost(self, uri: str) -> str:
        return self._create("app.bsky.feed.repost", subject=self._strong(uri))

    def reply(self, uri: str, text: str) -> str:
        parent = self.record(uri)
        strong = {"uri": parent["uri"], "cid": parent["cid"]}
        root = parent["value"].get("reply", {}).get("root", strong)
        return self._create("app.bsky.feed.post", text=text, reply={"root": root, "parent": strong})

    def quote(self, uri: str, text: str) -> str:
        embed = {"$type": "app.bsky.embed.record", "record": self._strong(uri)}
        return self._create("app.bsky.feed.post", text=text, embed=embed)

    def follow(self, did: str) -> str:
        return self._create("app.bsky.graph.follow", subject=did)

    def delete(self, uri: str) -> None:
        """Delete one of this account's own records."""
        repo, collection, rkey = uri.removeprefix("at://").split("/")
        body = {"repo": repo, "collection": collection, "rkey": rkey}
        self.call("POST", "com.atproto.repo.deleteRecord", json=body)

    def record(self, uri: str) -> dict[str, Any]:
        """The record itself, from the repository of the PDS and not from an index of it."""
        repo, collection, rkey = uri.removeprefix("at://").split("/")
        where = {"repo": repo, "collection": collection, "rkey": rkey}
        return self.call("GET", "com.atproto.repo.getRecord", params=where)

    def records(self, did: str, collection: str = "app.bsky.feed.post") -> list[dict[str, Any]]:
        """The newest hundred records of a repository."""
        where: dict[str, Any] = {"repo": did, "collection": collection, "limit": 100}
        found: list[dict[str, Any]] = self.call(
            "GET", "com.atproto.repo.listRecords", params=where
        )["records"]
        return found

    def _strong(self, uri: str) -> dict[str, str]:
        record = self.record(uri)
        return {"uri": record["uri"], "cid": record["cid"]}

    def _create(self, collection: str, **values: Any) -> str:
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        record = {"$type": collection, "createdAt": now, **values}
        body = {"repo": self.account.did, "collection": collection, "record": record}
        uri: str = self.call("POST", "com.atproto.repo.createRecord", json=body)["uri"]
        return uri
