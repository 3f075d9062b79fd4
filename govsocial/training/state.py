"""What survives a restart: the anchor, sessions, posts published through the API, and images.

One SQLite file and a folder of blobs. Safe for the threads of one server and for a second process
(seeding) on the same folder. Tokens are kept as digests only.
"""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import Any, Literal

from govsocial.training.ids import digest_of
from govsocial.training.schema import SCHEMA

TokenKind = Literal["access", "refresh"]


class Taken(Exception):
    """There is a post with this key already."""


@dataclass(frozen=True, slots=True)
class Session:
    kind: str
    account: str
    family: str
    expires: float
    revoked: bool


@dataclass(frozen=True, slots=True)
class StoredPost:
    account: str
    key: str
    at: float
    value: Mapping[str, Any]
    revision: str
    deleted: float | None


@dataclass(frozen=True, slots=True)
class Thing:
    """Something else that a platform remembers: a code, a container, an upload, a token."""

    key: str
    account: str
    at: float
    value: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Media:
    id: str
    account: str
    cid: str
    media_type: str
    width: int
    height: int
    description: str | None
    ready: float
    attached: str | None


class State:
    """The state in ``directory``, which is created when missing."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._blobs = directory / "blobs"
        self._blobs.mkdir(parents=True, exist_ok=True)
        self._lock = RLock()
        self._db = sqlite3.connect(
            directory / "training.sqlite3",
            check_same_thread=False,
            timeout=10,
            isolation_level=None,
        )
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        with self.write():
            for statement in SCHEMA.split(";"):
                self._db.execute(statement)

    def close(self) -> None:
        with self._lock:
            self._db.close()

    @contextmanager
    def write(self) -> Iterator[None]:
        """One transaction; nested use joins the outer one."""
        with self._lock:
            if self._db.in_transaction:
                yield
                return
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def _rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def _run(self, sql: str, *values: object) -> int:
        with self.write():
            return self._db.execute(sql, values).rowcount

    # The anchor and the seed

    def remember(self, name: str, value: str) -> str:
        """Store ``value`` under ``name`` unless there is one; return what is stored."""
        self._run("INSERT OR IGNORE INTO meta VALUES (?, ?)", name, value)
        return str(self._rows("SELECT value FROM meta WHERE name = ?", name)[0][0])

    def anchor(self, default: datetime) -> datetime:
        """When this training database was created; ``default`` on first use."""
        text = self.remember("anchor", default.astimezone(UTC).isoformat())
        return datetime.fromisoformat(text)

    # Sessions

    def open_session(
        self, *, account: str, tokens: Mapping[TokenKind, tuple[str, float]], family: str | None
    ) -> None:
        """Store an access and a refresh token with their expiry. A given ``family`` is rotated."""
        with self.write():
            if family is not None:
                self.revoke_refresh(family)
            name = family or secrets.token_hex(8)
            for kind, (token, expires) in tokens.items():
                self._db.execute(
                    "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, 0)",
                    (digest_of(token), kind, account, name, expires),
                )

    def session(self, token: str) -> Session | None:
        rows = self._rows(
            "SELECT kind, account, family, expires, revoked FROM sessions WHERE digest = ?",
            digest_of(token),
        )
        if not rows:
            return None
        kind, account, family, expires, revoked = rows[0]
        return Session(kind, account, family, expires, bool(revoked))

    def revoke_family(self, family: str) -> None:
        self._run("UPDATE sessions SET revoked = 1 WHERE family = ?", family)

    def revoke_refresh(self, family: str) -> None:
        """Refresh tokens rotate; an access token that is out keeps its two hours."""
        self._run("UPDATE sessions SET revoked = 1 WHERE family = ? AND kind = 'refresh'", family)

    def expire(self, token: str) -> None:
        """Make an access token one that was good until a moment ago."""
        self._run("UPDATE sessions SET expires = 0 WHERE digest = ?", digest_of(token))

    # Posts published through the API

    @staticmethod
    def _post(row: tuple[Any, ...]) -> StoredPost:
        account, key, at, value, revision, deleted = row
        return StoredPost(account, key, at, json.loads(value), revision, deleted)

    def add_post(
        self, *, account: str, key: str, at: float, value: Mapping[str, Any], revision: str
    ) -> None:
        """Raises ``Taken`` when the key is in use; a deleted post's key is free again."""
        with self.write():
            self._db.execute(
                "DELETE FROM posts WHERE account = ? AND key = ? AND deleted IS NOT NULL",
                (account, key),
            )
            try:
                self._db.execute(
                    "INSERT INTO posts VALUES (?, ?, ?, ?, ?, NULL)",
                    (account, key, at, json.dumps(value), revision),
                )
            except sqlite3.IntegrityError as exc:
                raise Taken(key) from exc

    def replace_post(
        self, *, account: str, key: str, value: Mapping[str, Any], revision: str
    ) -> None:
        self._run(
            "UPDATE posts SET value = ?, revision = ? WHERE account = ? AND key = ?",
            json.dumps(value),
            revision,
            account,
            key,
        )

    def post(self, account: str, key: str) -> StoredPost | None:
        rows = self._rows("SELECT * FROM posts WHERE account = ? AND key = ?", account, key)
        return self._post(rows[0]) if rows else None

    def delete_post(self, account: str, key: str, at: float) -> bool:
        """Whether there was such a post, published through the API and not deleted yet."""
        return bool(
            self._run(
                "UPDATE posts SET deleted = ? WHERE account = ? AND key = ? AND deleted IS NULL",
                at,
                account,
                key,
            )
        )

    def posts_before(
        self, account: str, *, now: float, before: tuple[float, str], limit: int
    ) -> list[StoredPost]:
        """Posts visible at ``now`` that sort before ``(at, key)``, newest first."""
        rows = self._rows(
            "SELECT * FROM posts WHERE account = ? AND at <= ? AND (at, key) < (?, ?)"
            " AND (deleted IS NULL OR deleted > ?) ORDER BY at DESC, key DESC LIMIT ?",
            account,
            now,
            *before,
            now,
            limit,
        )
        return [self._post(row) for row in rows]

    def answers(self, now: float) -> list[StoredPost]:
        """Posts of all accounts that answer one and are visible at ``now``, oldest first."""
        rows = self._rows(
            "SELECT * FROM posts WHERE json_extract(value, '$.reply_to') IS NOT NULL AND at <= ?1"
            " AND (deleted IS NULL OR deleted > ?1) ORDER BY at, key",
            now,
        )
        return [self._post(row) for row in rows]

    def count_posts(self, account: str, now: float) -> int:
        """Published through the API and visible at ``now``, less those removed from the history."""
        rows = self._rows(
            "SELECT (SELECT count(*) FROM posts WHERE account = ?1 AND at <= ?2"
            " AND (deleted IS NULL OR deleted > ?2))"
            " - (SELECT count(*) FROM removed WHERE account = ?1 AND at <= ?2)",
            account,
            now,
        )
        return int(rows[0][0])

    def remove_from_history(self, account: str, key: str, at: float) -> None:
        self._run("INSERT OR IGNORE INTO removed VALUES (?, ?, ?)", account, key, at)

    def removed(self, account: str, now: float) -> frozenset[str]:
        """Keys of posts of the history that were deleted through the API by ``now``."""
        rows = self._rows("SELECT key FROM removed WHERE account = ? AND at <= ?", account, now)
        return frozenset(row[0] for row in rows)

    # Images

    def add_blob(self, *, account: str, cid: str, media_type: str, data: bytes) -> None:
        path = self._blobs / cid
        if not path.exists():
            partial = path.with_suffix(f".{secrets.token_hex(4)}")
            partial.write_bytes(data)
            os.replace(partial, path)
        self._run(
            "INSERT OR IGNORE INTO blobs VALUES (?, ?, ?, ?)", cid, account, media_type, len(data)
        )

    def blob(self, account: str, cid: str) -> tuple[str, int] | None:
        """Media type and size of a blob of this account."""
        rows = self._rows(
            "SELECT media_type, size FROM blobs WHERE account = ? AND cid = ?", account, cid
        )
        return (rows[0][0], rows[0][1]) if rows else None

    def blob_bytes(self, cid: str) -> tuple[bytes, str] | None:
        """The bytes of a blob of any account and their media type."""
        rows = self._rows("SELECT media_type FROM blobs WHERE cid = ? LIMIT 1", cid)
        if not rows:
            return None
        return (self._blobs / cid).read_bytes(), str(rows[0][0])

    def add_media(self, media: Media) -> None:
        self._run(
            "INSERT INTO media VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)",
            int(media.id),
            media.account,
            media.cid,
            media.media_type,
            media.width,
            media.height,
            media.description,
            media.ready,
        )

    def media(self, account: str, media_id: str) -> Media | None:
        if not media_id.isdecimal() or len(media_id) > 18:
            return None
        rows = self._rows(
            "SELECT * FROM media WHERE id = ? AND account = ?", int(media_id), account
        )
        return Media(str(rows[0][0]), *rows[0][1:]) if rows else None

    def describe_media(self, media_id: str, description: str | None) -> None:
        self._run("UPDATE media SET description = ? WHERE id = ?", description, int(media_id))

    def attach_media(self, media_ids: list[str], status: str) -> None:
        for media_id in media_ids:
            self._run("UPDATE media SET attached = ? WHERE id = ?", status, int(media_id))

    # Idempotency keys

    def status_of_key(self, account: str, key: str, since: float) -> str | None:
        rows = self._rows(
            "SELECT status FROM idempotency WHERE account = ? AND key = ? AND at > ?",
            account,
            key,
            since,
        )
        return str(rows[0][0]) if rows else None

    def keep_key(self, account: str, key: str, status: str, at: float) -> None:
        self._run(
            "INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?, ?)", account, key, status, at
        )

    def put_thing(
        self, kind: str, key: str, *, account: str, at: float, value: Mapping[str, Any]
    ) -> None:
        """Remember a thing of a platform under its kind (``x:upload``) and key, or replace it."""
        self._run(
            "INSERT OR REPLACE INTO things VALUES (?, ?, ?, ?, ?)",
            kind,
            key,
            account,
            at,
            json.dumps(value),
        )

    def thing(self, kind: str, key: str) -> Thing | None:
        rows = self._rows(
            "SELECT key, account, at, value FROM things WHERE kind = ? AND key = ?", kind, key
        )
        return next((Thing(k, of, at, json.loads(value)) for k, of, at, value in rows), None)

    def things(self, kind: str) -> list[Thing]:
        """Everything of a kind, in no order."""
        rows = self._rows("SELECT key, account, at, value FROM things WHERE kind = ?", kind)
        return [Thing(key, of, at, json.loads(value)) for key, of, at, value in rows]

    def take_thing(self, kind: str, key: str) -> Thing | None:
        """The thing, once: it is forgotten with this call."""
        with self.write():
            found = self.thing(kind, key)
            self._run("DELETE FROM things WHERE kind = ? AND key = ?", kind, key)
        return found
