"""``com.atproto.repo.*``: records and blobs of an account's repository."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from govsocial.training import bluesky_views as views
from govsocial.training.agency import TrainingAccount
from govsocial.training.bluesky_records import FILM, MAX_BLOB_BYTES, POST, Invalid, check_post, rkey
from govsocial.training.bluesky_sessions import Refused, Sessions
from govsocial.training.history import Post
from govsocial.training.http import Request, Response
from govsocial.training.ids import blob_cid, number, record_cid, tid
from govsocial.training.pictures import drawn_by_cid
from govsocial.training.state import Taken
from govsocial.training.world import World, page


class Repository:
    def __init__(
        self,
        world: World,
        sessions: Sessions,
        account_named: Callable[[str | None], TrainingAccount | None],
    ) -> None:
        self._world = world
        self._state = world.state
        self._sessions = sessions
        self._account_named = account_named

    def create(self, request: Request) -> Response:
        account, body = self._mine(request)
        chosen = body.get("rkey")
        key = rkey(chosen) if chosen is not None else self._new_key(account, request)
        value, revision = self._checked(account, body["record"])
        if key in self._world.timelines[account.key].by_key:
            raise _same_key()
        try:
            self._state.add_post(
                account=account.key, key=key, at=request.now, value=value, revision=revision
            )
        except Taken as taken:
            raise _same_key() from taken
        return Response.json({**self._written(account, key, revision, request), **_VALID})

    def put(self, request: Request) -> Response:
        account, body = self._mine(request)
        key = rkey(body.get("rkey"))
        value, revision = self._checked(account, body["record"])
        with self._state.write():
            present = self._world.find(account, key, request.now)
            self._swap(body, views.cid(present) if present is not None else None)
            if present is not None and views.cid(present) == revision:
                return Response.json({"uri": views.uri(present), "cid": revision, **_VALID})
            if present is None:
                self._state.add_post(
                    account=account.key, key=key, at=request.now, value=value, revision=revision
                )
            elif present.record is None:
                raise Invalid("Posts of the training history cannot be changed")
            else:
                self._state.replace_post(
                    account=account.key, key=key, value=value, revision=revision
                )
        return Response.json({**self._written(account, key, revision, request), **_VALID})

    def delete(self, request: Request) -> Response:
        account, body = self._mine(request, record=False)
        key = rkey(body.get("rkey"))
        if not self._world.delete(account, key, request.now):
            return Response.json({})
        return Response.json({"commit": self._commit(account, key, request)})

    def get(self, request: Request) -> Response:
        account = self._theirs(request)
        collection, key = request.one("collection") or "", request.one("rkey") or ""
        post = self._world.find(account, key, request.now) if collection == POST else None
        wanted = request.one("cid")
        if post is None or (wanted and wanted != views.cid(post)):
            where = f"at://{request.one('repo')}/{collection}/{key}"
            raise Invalid(f"Could not locate record: {where}", name="RecordNotFound")
        return Response.json(_listed(post))

    def list(self, request: Request) -> Response:
        account = self._theirs(request)
        text = request.one("limit") or "50"
        if not text.isdecimal() or not 1 <= int(text) <= 100:
            raise Invalid("limit can not be greater than 100 or less than 1")
        posts = self._world.newest_first(account, request.now)
        cursor = request.one("cursor")
        listed = request.one("collection") == POST
        found, more = page(
            posts, int(text), lambda post: listed and (not cursor or post.key < cursor)
        )
        end = {"cursor": found[-1].key} if more else {}
        return Response.json({"records": [_listed(post) for post in found], **end})

    def upload(self, request: Request) -> Response:
        account = self._sessions.require(request)
        if len(request.body) > MAX_BLOB_BYTES:
            raise Invalid("request entity too large", name="PayloadTooLarge", status=413)
        if not request.body:
            raise Invalid("Request encoding (Content-Type) required but not provided")
        media_type = _looks_like(request.body) or request.media_type or "application/octet-stream"
        cid = blob_cid(request.body)
        self._state.add_blob(account=account.key, cid=cid, media_type=media_type, data=request.body)
        blob = {
            "$type": "blob",
            "ref": {"$link": cid},
            "mimeType": media_type,
            "size": len(request.body),
        }
        return Response.json({"blob": blob})

    def get_blob(self, request: Request) -> Response:
        cid = request.one("cid") or ""
        account = self._account_named(request.one("did"))
        drawn = drawn_by_cid(cid)
        if drawn is not None:
            return Response(200, drawn, {"content-type": "image/png", **_HARMLESS})
        known = self._state.blob_bytes(cid)
        if account is None or known is None or self._state.blob(account.key, cid) is None:
            raise Invalid("Blob not found", name="BlobNotFound")
        data, media_type = known
        return Response(200, data, {"content-type": media_type, **_HARMLESS})

    def _mine(
        self, request: Request, *, record: bool = True
    ) -> tuple[TrainingAccount, Mapping[str, Any]]:
        """The signed-in account and the body of a write to its own repository."""
        account = self._sessions.require(request)
        body = request.json
        for name in ("repo", "collection", *(("record",) if record else ())):
            if name not in body:
                raise Invalid(f'Input must have the property "{name}"')
        if self._account_named(str(body["repo"])) is not account:
            raise Refused(401, "AuthenticationRequired", "Authentication Required")
        if body["collection"] != POST:
            raise Invalid(f"The training platform keeps {POST} records only")
        return account, body

    def _theirs(self, request: Request) -> TrainingAccount:
        account = self._account_named(request.one("repo"))
        if account is None:
            raise Invalid(f"Could not find repo: {request.one('repo')}")
        return account

    def _checked(self, account: TrainingAccount, record: Any) -> tuple[dict[str, Any], str]:
        """What is kept of a valid record, and its CID."""
        images = check_post(record, state=self._state, account=account.key)
        full = {**record, "$type": POST}
        langs = record.get("langs") or [None]
        value = {
            "text": record["text"],
            "record": full,
            "language": langs[0],
            "created_at": record["createdAt"],
            "images": [asdict(image) for image in images],
            "reply_to": record["reply"]["parent"]["uri"] if "reply" in record else None,
        }
        return value, record_cid(full)

    def _new_key(self, account: TrainingAccount, request: Request) -> str:
        moment = request.now
        while True:
            key = tid(moment, number(10, account.key, request.body, moment))
            if self._state.post(account.key, key) is None:
                return key
            moment += 0.000_001

    def _swap(self, body: Mapping[str, Any], present: str | None) -> None:
        if "swapRecord" in body and body["swapRecord"] != present:
            raise Invalid(f"Record was at {present}", name="InvalidSwap")

    def _written(
        self, account: TrainingAccount, key: str, revision: str, request: Request
    ) -> dict[str, Any]:
        return {
            "uri": f"at://{account.platform_id}/{POST}/{key}",
            "cid": revision,
            "commit": self._commit(account, key, request),
        }

    @staticmethod
    def _commit(account: TrainingAccount, key: str, request: Request) -> dict[str, str]:
        rev = tid(request.now, number(10, account.key, key, "rev"))
        return {"cid": record_cid({"did": account.platform_id, "rev": rev, "key": key}), "rev": rev}


#: Blobs are whatever was uploaded, so a browser must not run them; real servers say the same.
_HARMLESS = {
    "content-security-policy": "default-src 'none'; sandbox",
    "x-content-type-options": "nosniff",
}
_VALID = {"validationStatus": "valid"}


def _looks_like(data: bytes) -> str | None:
    """A film says so in its first bytes; servers look at them before they believe the caller."""
    return FILM if data[4:8] == b"ftyp" else None


def _same_key() -> Invalid:
    return Invalid("Internal Server Error", name="InternalServerError", status=500)


def _listed(post: Post) -> dict[str, Any]:
    return {"uri": views.uri(post), "cid": views.cid(post), "value": views.record(post)}
