"""``app.bsky.video.*``: films are worked through before a post may hold them.

The service is a server of its own elsewhere. Here it has the same address, and like there it takes
no session but tokens that the account's server gave out for it.
"""

from __future__ import annotations

import secrets
from typing import Any

from govsocial.training.agency import BY_KEY, TrainingAccount
from govsocial.training.bluesky_records import FILM, Invalid
from govsocial.training.bluesky_sessions import Refused, Sessions
from govsocial.training.http import Request, Response
from govsocial.training.ids import blob_cid, digest_of
from govsocial.training.state import State

TOKEN_SECONDS = 60
LONGEST_TOKEN_SECONDS = 3600
FILMS_A_DAY, BYTES_A_DAY = 25, 10_000_000_000
"""What Bluesky said when it began to take films (September 2024)."""
_TAKEN = {FILM, "video/mpeg", "video/webm", "video/quicktime"}
_TOKEN, _JOB, _DAY = "bluesky:token", "bluesky:film", "bluesky:films"


class Films:
    def __init__(self, state: State, sessions: Sessions, *, media_seconds: float) -> None:
        self._state = state
        self._sessions = sessions
        self._media_seconds = media_seconds

    def give_token(self, request: Request) -> Response:
        """``com.atproto.server.getServiceAuth``."""
        account = self._sessions.require(request)
        audience, until = request.one("aud") or "", request.one("exp")
        if not audience.startswith("did:"):
            raise Invalid("aud must be a DID")
        if until is not None and not until.isdecimal():
            raise Invalid("exp must be an integer")
        ends = float(until) if until else request.wall + TOKEN_SECONDS
        if not request.wall < ends <= request.wall + LONGEST_TOKEN_SECONDS:
            raise Invalid("expiration is not within an hour from now", name="BadExpiration")
        token = secrets.token_urlsafe(48)
        value = {"aud": audience, "lxm": request.one("lxm"), "ends": ends}
        self._state.put_thing(
            _TOKEN, digest_of(token), account=account.key, at=request.wall, value=value
        )
        return Response.json({"token": token})

    def limits(self, request: Request) -> Response:
        # A question that an account's own server hands on comes with the session.
        own = self._state.session(request.bearer or "") is not None
        account = (
            self._sessions.require(request)
            if own
            else self._bearer(request, "app.bsky.video.getUploadLimits")
        )
        films, size = self._today(account, request)
        left = {
            "remainingDailyVideos": max(FILMS_A_DAY - films, 0),
            "remainingDailyBytes": max(BYTES_A_DAY - size, 0),
        }
        return Response.json({"canUpload": all(left.values()), **left})

    def upload(self, request: Request) -> Response:
        account = self._bearer(request, "com.atproto.repo.uploadBlob")
        if request.one("did") != account.platform_id or not request.body:
            raise Invalid("did and a film are needed")
        cid = blob_cid(request.body)
        job = digest_of(f"{account.key} {cid}")[:22]
        with self._state.write():
            if self._state.thing(_JOB, job) is not None:
                known = {"error": "already_exists", "message": "Video already processed"}
                return Response.json({**self._told(job, request), **known}, 409)
            films, size = self._today(account, request)
            self._state.add_blob(
                account=account.key,
                cid=cid,
                media_type=request.media_type if request.media_type not in _TAKEN else FILM,
                data=request.body,
            )
            value = {
                "cid": cid,
                "size": len(request.body),
                "ready": request.wall + self._media_seconds,
                "failed": request.media_type not in _TAKEN,
            }
            self._state.put_thing(_JOB, job, account=account.key, at=request.wall, value=value)
            day = {"films": films + 1, "bytes": size + len(request.body)}
            self._state.put_thing(
                _DAY, _day(account, request), account=account.key, at=request.wall, value=day
            )
        return Response.json(self._told(job, request))

    def status(self, request: Request) -> Response:
        return Response.json({"jobStatus": self._told(request.one("jobId") or "", request)})

    def _told(self, job: str, request: Request) -> dict[str, Any]:
        kept = self._state.thing(_JOB, job)
        if kept is None:
            raise Invalid("Job not found", name="JobNotFound", status=404)
        told = {"jobId": job, "did": BY_KEY[kept.account].platform_id}
        value = kept.value
        if value["ready"] > request.wall:
            return {**told, "state": "JOB_STATE_ENCODING", "progress": 50}
        if value["failed"]:
            failed = {"error": "unsupported_format", "message": "Video is of an unsupported format"}
            return {**told, "state": "JOB_STATE_FAILED", **failed}
        blob = {
            "$type": "blob",
            "ref": {"$link": value["cid"]},
            "mimeType": FILM,
            "size": value["size"],
        }
        return {**told, "state": "JOB_STATE_COMPLETED", "progress": 100, "blob": blob}

    def _bearer(self, request: Request, nsid: str) -> TrainingAccount:
        """Whose token this is, if it is one for ``nsid``. Raises ``Refused``."""
        kept = self._state.thing(_TOKEN, digest_of(request.bearer or ""))
        if kept is None or kept.value["lxm"] != nsid or kept.value["ends"] <= request.wall:
            raise Refused(401, "BadJwt", "jwt is missing, expired or meant for something else")
        return BY_KEY[kept.account]

    def _today(self, account: TrainingAccount, request: Request) -> tuple[int, int]:
        kept = self._state.thing(_DAY, _day(account, request))
        return (kept.value["films"], kept.value["bytes"]) if kept is not None else (0, 0)


def _day(account: TrainingAccount, request: Request) -> str:
    return f"{account.key} {int(request.wall // 86_400)}"
