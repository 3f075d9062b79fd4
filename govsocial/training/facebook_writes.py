"""Publishing on a Page: posts, photos that wait unseen, films in parts; deleting."""

from __future__ import annotations

from typing import Any

from govsocial.training.agency import TrainingAccount
from govsocial.training.history import Post
from govsocial.training.http import Request, Response, Upload
from govsocial.training.meta_fetch import NotFetched, fetch
from govsocial.training.meta_graph import GraphError, json_list, param, unknown_object, usage
from govsocial.training.meta_media import add_post, kept_picture, new_id
from govsocial.training.world import World

PHOTO, FILM = "facebook:photo", "facebook:film"
LONGEST_TEXT = 63_206
LARGEST_PHOTO = 10_000_000
LARGEST_FILM = 1_000_000_000
PART = 1024 * 1024
_TYPES = frozenset({"image/jpeg", "image/png"})


class FacebookWrites:
    def __init__(self, world: World, *, media_seconds: float) -> None:
        self._world = world
        self._state = world.state
        self._media_seconds = media_seconds

    def feed(self, account: TrainingAccount, request: Request) -> Response:
        """A post of words, a link, or photos that were sent before."""
        text, link = param(request, "message"), param(request, "link")
        _check_text(text)
        with self._state.write():
            photos = self._attached(account, request)
            if not (text or link or photos):
                needed = "Requires one of the params: link,message,attached_media"
                raise GraphError(100, needed)
            key = add_post(
                self._state,
                account,
                request,
                text=text,
                pictures=[photo["picture"] for photo in photos.values()],
                record={"photos": list(photos), "link": link},
            )
            for name, photo in photos.items():
                value = {**photo, "used": key}
                self._state.put_thing(PHOTO, name, account=account.key, at=request.now, value=value)
        return _created(f"{account.platform_id}_{key}")

    def photo(self, account: TrainingAccount, request: Request) -> Response:
        """A photo; with ``published=false`` it waits for a post to be attached to."""
        source = request.field("source")
        if isinstance(source, Upload):
            data = source.data
        else:
            try:
                data, _ = fetch(param(request, "url"), largest=LARGEST_PHOTO)
            except NotFetched as failed:
                raise GraphError(324, "Missing or invalid image file") from failed
        picture = kept_picture(
            self._state,
            account,
            data,
            alt=param(request, "alt_text_custom"),
            types=_TYPES,
            largest=LARGEST_PHOTO,
        )
        name = new_id()
        unseen = param(request, "published").lower() in {"false", "0"}
        used = None
        with self._state.write():
            if not unseen:
                text = param(request, "message") or param(request, "caption")
                _check_text(text)
                used = add_post(
                    self._state,
                    account,
                    request,
                    text=text,
                    pictures=[picture],
                    record={"photos": [name]},
                )
            self._state.put_thing(
                PHOTO,
                name,
                account=account.key,
                at=request.now,
                value={"picture": picture, "used": used},
            )
        more = {} if used is None else {"post_id": f"{account.platform_id}_{used}"}
        return _created(name, **more)

    def film(self, account: TrainingAccount, request: Request) -> Response:
        """One phase of sending a film; what it becomes is seen after the last."""
        phase = param(request, "upload_phase")
        if phase == "start":
            return self._begin(account, request)
        session = param(request, "upload_session_id")
        kept = self._state.thing(FILM, session) if session else None
        if kept is None or kept.account != account.key:
            raise GraphError(100, "The upload session is not known", subcode=1363037)
        if phase == "transfer":
            return self._transfer(account, session, dict(kept.value), request)
        if phase == "finish":
            return self._finish(account, session, request)
        raise GraphError(100, "upload_phase must be one of start, transfer, finish")

    def found_film(self, name: str) -> dict[str, Any] | None:
        kept = self._state.thing(FILM, name)
        return dict(kept.value) if kept is not None else None

    def found_photo(self, name: str) -> tuple[str, dict[str, Any]] | None:
        """The account of a photo, and the photo."""
        kept = self._state.thing(PHOTO, name)
        return (kept.account, dict(kept.value)) if kept is not None else None

    def delete(self, post: Post, request: Request) -> Response:
        self._world.delete(post.account, post.key, request.now)
        return Response.json({"success": True}, headers=usage())

    def delete_photo(self, name: str) -> Response:
        if self._state.take_thing(PHOTO, name) is None:
            raise unknown_object(name)
        return Response.json({"success": True}, headers=usage())

    def _attached(self, account: TrainingAccount, request: Request) -> dict[str, dict[str, Any]]:
        told = param(request, "attached_media")
        found: dict[str, dict[str, Any]] = {}
        for one in json_list(told) if told else ():
            name = str(one.get("media_fbid"))
            kept = self._state.thing(PHOTO, name)
            if kept is None or kept.account != account.key:
                raise unknown_object(name)
            if kept.value["used"]:
                raise GraphError(100, "Photos were already posted", subcode=1366051)
            found[name] = dict(kept.value)
        return found

    def _begin(self, account: TrainingAccount, request: Request) -> Response:
        size = param(request, "file_size")
        if not size.isdecimal() or not 0 < int(size[:12]) <= LARGEST_FILM:
            raise GraphError(100, "The parameter file_size is required", subcode=1363037)
        film = new_id()
        value = {
            "size": int(size),
            "offset": 0,
            "handle": account.handle,
            "post": None,
            "ready": 0.0,
            "text": "",
        }
        # The session has the film's number, so that either finds the same thing.
        self._state.put_thing(FILM, film, account=account.key, at=request.now, value=value)
        told = {"upload_session_id": film, "video_id": film}
        return Response.json({**told, **_offsets(value)}, headers=usage())

    def _transfer(
        self, account: TrainingAccount, session: str, film: dict[str, Any], request: Request
    ) -> Response:
        part = request.field("video_file_chunk")
        if not isinstance(part, Upload) or param(request, "start_offset") != str(film["offset"]):
            raise GraphError(6001, "There was a problem uploading your video", subcode=1363037)
        offset = film["offset"] + len(part.data)
        if not part.data or offset > film["size"]:
            raise GraphError(6001, "There was a problem uploading your video", subcode=1363019)
        film["offset"] = offset
        self._state.put_thing(FILM, session, account=account.key, at=request.now, value=film)
        return Response.json(_offsets(film), headers=usage())

    def _finish(self, account: TrainingAccount, session: str, request: Request) -> Response:
        text = param(request, "description")
        _check_text(text)
        with self._state.write():
            kept = self._state.thing(FILM, session)
            if kept is None or kept.value["offset"] != kept.value["size"]:
                raise GraphError(6000, "The upload is not complete", subcode=1363022)
            if kept.value["post"] is not None:
                raise GraphError(6000, "The upload session is over", subcode=1363041)
            key = add_post(
                self._state, account, request, text=text, pictures=[], record={"film": session}
            )
            ready = request.wall + self._media_seconds
            value = {**kept.value, "post": key, "ready": ready, "text": text}
            self._state.put_thing(FILM, session, account=account.key, at=request.now, value=value)
        return Response.json({"success": True}, headers=usage())


def _offsets(film: dict[str, Any]) -> dict[str, str]:
    """Which part is wanted next; Facebook writes the numbers as strings."""
    start = int(film["offset"])
    return {"start_offset": str(start), "end_offset": str(min(start + PART, int(film["size"])))}


def _created(name: str, **more: str) -> Response:
    return Response.json({"id": name, **more}, headers=usage())


def _check_text(text: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise GraphError(100, "The message is too long", subcode=1346003)
