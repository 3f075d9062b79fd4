"""The Mastodon API of the training platforms, against recorded answers of a real instance."""

from __future__ import annotations

from typing import Any

import pytest

from govsocial.training import mastodon_views
from govsocial.training.agency import TrainingAccount
from govsocial.training.app import TrainingPlatforms
from tests.training.conftest import Caller, Clock, in_process, missing, png, sample

STATUSES = "/api/v1/statuses"
MEDIA = "/api/v2/media"


@pytest.fixture
def signed_in(caller: Caller, mastodon: TrainingAccount) -> Caller:
    caller.token = mastodon.secret
    return caller


def upload(caller: Caller, data: bytes, **fields: str) -> Any:
    return caller.post(MEDIA, files={"file": ("gambar.png", data, "image/png")}, data=fields)


def test_the_instance_has_the_recorded_shape(caller: Caller) -> None:
    answer = caller.get("/api/v2/instance").json()
    assert missing(sample("mastodon/instance_v2.json"), answer) == []
    assert answer["configuration"]["statuses"]["max_characters"] == 500
    taken = answer["configuration"]["media_attachments"]
    assert {"video/mp4", "video/quicktime", "video/webm"} <= set(taken["supported_mime_types"])
    assert taken["video_size_limit"] == 99 * 1024 * 1024


def test_credentials_have_the_recorded_shape_and_budget(
    signed_in: Caller, mastodon: TrainingAccount
) -> None:
    answer = signed_in.get("/api/v1/accounts/verify_credentials")
    assert missing(sample("mastodon/verify_credentials.json"), answer.json()) == []
    assert answer.json()["id"] == mastodon.platform_id
    assert answer.headers["x-ratelimit-limit"] == "300"
    assert answer.headers["x-ratelimit-remaining"] == "299"
    assert answer.headers["x-ratelimit-reset"].endswith("Z")


def test_statuses_have_the_recorded_shape(caller: Caller, mastodon: TrainingAccount) -> None:
    answer = caller.get(f"/api/v1/accounts/{mastodon.platform_id}/statuses", params={"limit": 5})
    assert missing(sample("mastodon/account_statuses_p1.json"), answer.json()) == []
    assert set(answer.links) == {"next", "prev"}


def test_following_the_links_meets_every_status_once(
    signed_in: Caller, mastodon: TrainingAccount
) -> None:
    total = signed_in.get("/api/v1/accounts/verify_credentials").json()["statuses_count"]
    path = f"/api/v1/accounts/{mastodon.platform_id}/statuses?limit=40&exclude_reblogs=1"
    seen: list[str] = []
    while True:
        answer = signed_in.get(path)
        seen += [status["id"] for status in answer.json()]
        if "next" not in answer.links:
            break
        path = answer.links["next"]["url"].removeprefix(signed_in.base)
    assert len(seen) == len(set(seen)) == total > 700
    assert seen == sorted(seen, key=int, reverse=True)


def test_newer_statuses_are_found_by_min_id(caller: Caller, mastodon: TrainingAccount) -> None:
    path = f"/api/v1/accounts/{mastodon.platform_id}/statuses"
    newest = [s["id"] for s in caller.get(path, params={"limit": 10}).json()]
    newer = caller.get(path, params={"min_id": newest[5], "limit": 3}).json()
    assert [status["id"] for status in newer] == newest[2:5]


def test_posting_and_deleting_answer_as_recorded(signed_in: Caller) -> None:
    created = signed_in.post(STATUSES, data={"status": "Halo, warga! #Uji", "language": "id"})
    assert created.status_code == 200
    status = created.json()
    assert missing(sample("mastodon/status_create.json"), status) == []
    assert status["tags"][0]["name"] == "Uji"
    assert signed_in.get(f"{STATUSES}/{status['id']}").json()["content"] == status["content"]

    deleted = signed_in.call("DELETE", f"{STATUSES}/{status['id']}").json()
    assert missing(sample("mastodon/status_delete.json"), deleted) == []
    assert deleted["text"] == "Halo, warga! #Uji"
    gone = signed_in.get(f"{STATUSES}/{status['id']}")
    assert gone.status_code == 404
    assert signed_in.get(f"{STATUSES}/0").json() == sample("mastodon/error_not_found.json")


def test_one_idempotency_key_makes_one_status_within_an_hour(
    signed_in: Caller, clock: Clock
) -> None:
    def post() -> str:
        headers = {"Idempotency-Key": "publication-1"}
        answer = signed_in.post(STATUSES, json={"status": "Sekali saja."}, headers=headers)
        return str(answer.json()["id"])

    first = post()
    clock.forward(minutes=59)
    assert post() == first
    clock.forward(minutes=2)
    assert post() != first


def test_statuses_are_asked_for_by_id_twenty_at_a_time(
    signed_in: Caller, mastodon: TrainingAccount
) -> None:
    path = f"/api/v1/accounts/{mastodon.platform_id}/statuses"
    ids = [status["id"] for status in signed_in.get(path, params={"limit": 21}).json()]
    found = signed_in.get(STATUSES, params={"id[]": [*ids[:19], "1"]}).json()
    assert [status["id"] for status in found] == ids[:19]
    assert signed_in.get(STATUSES, params={"id[]": ids}).status_code == 422


def test_a_small_image_is_ready_at_once(signed_in: Caller) -> None:
    answer = upload(signed_in, png(), description="Loket layanan")
    assert answer.status_code == 200
    media = answer.json()
    assert missing(sample("mastodon/media_upload.json"), media) == []
    created = signed_in.post(STATUSES, data={"status": "Foto", "media_ids[]": [media["id"]]})
    recorded = sample("mastodon/status_create_media.json")
    del recorded["media_attachments"][0]["meta"]["focus"]  # the recorded call had set a focus
    assert missing(recorded, created.json()) == []
    attachment = created.json()["media_attachments"][0]
    assert (attachment["id"], attachment["description"]) == (media["id"], "Loket layanan")
    assert signed_in.get(attachment["url"].removeprefix(signed_in.base)).content == png()


def test_a_large_image_is_processed_first(signed_in: Caller, clock: Clock) -> None:
    accepted = upload(signed_in, png(400, 300, noise=True))
    assert (accepted.status_code, accepted.json()["url"]) == (202, None)
    media_id = accepted.json()["id"]
    body = {"status": "Foto", "media_ids": [media_id]}
    early = signed_in.post(STATUSES, json=body)
    assert early.status_code == 422
    assert "not finished processing" in early.json()["error"]
    assert signed_in.get(f"/api/v1/media/{media_id}").status_code == 206

    clock.forward(seconds=3)
    ready = signed_in.get(f"/api/v1/media/{media_id}")
    assert (ready.status_code, ready.json()["url"] is not None) == (200, True)
    assert signed_in.post(STATUSES, json=body).status_code == 200
    assert signed_in.post(STATUSES, json=body).status_code == 422  # attached already


def film(caller: Caller, data: bytes = b"film", media_type: str = "video/mp4") -> Any:
    fields = {"description": "Pintu air"}
    return caller.post(MEDIA, files={"file": ("film.mp4", data, media_type)}, data=fields)


def test_a_film_is_worked_on_before_it_can_be_attached(signed_in: Caller, clock: Clock) -> None:
    accepted = film(signed_in)
    assert accepted.status_code == 202
    told = accepted.json()
    assert (told["type"], told["url"], told["meta"]) == ("video", None, {})
    body = {"status": "Liputan", "media_ids": [told["id"]]}
    assert "not finished processing" in signed_in.post(STATUSES, json=body).json()["error"]
    where = f"/api/v1/media/{told['id']}"
    assert signed_in.get(where).status_code == 206

    clock.forward(seconds=3)
    ready = signed_in.get(where)
    assert ready.status_code == 200
    meta = ready.json()["meta"]
    assert meta["original"].keys() == {"width", "height", "frame_rate", "duration", "bitrate"}
    assert meta.keys() >= {"length", "fps", "size", "aspect", "small"}
    (attached,) = signed_in.post(STATUSES, json=body).json()["media_attachments"]
    assert attached == ready.json()
    assert (attached["type"], attached["description"]) == ("video", "Pintu air")
    # What is in a status is not told as media any more.
    assert signed_in.get(where).status_code == 404
    assert "already attached" in signed_in.post(STATUSES, json=body).json()["error"]


def test_a_film_goes_with_nothing_else(signed_in: Caller, clock: Clock) -> None:
    ids = [film(signed_in).json()["id"], upload(signed_in, png()).json()["id"]]
    clock.forward(seconds=3)
    for media_ids in (ids, ids[::-1]):
        refused = signed_in.post(STATUSES, json={"status": "Keduanya", "media_ids": media_ids})
        assert refused.status_code == 422
        said = refused.json()["error"]
        assert said == "Cannot attach a video to a post that already contains images"


def test_a_film_of_another_kind_or_too_large_is_refused(
    signed_in: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown = film(signed_in, media_type="video/x-msvideo")
    assert unknown.status_code == 422
    assert "File content type is invalid" in unknown.json()["error"]
    monkeypatch.setattr(mastodon_views, "MAX_VIDEO", 3 * 1024 * 1024)
    large = film(signed_in, bytes(3 * 1024 * 1024 + 1))
    assert large.status_code == 422
    assert "must be less than 3 MB" in large.json()["error"]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"status": "  "}, "Validation failed: Text can't be blank"),
        ({"status": "x" * 501}, "Validation failed: Text character limit of 500 exceeded"),
        ({"status": "x", "visibility": "secret"}, "Validation failed: Visibility is not included"),
        ({"status": "x", "media_ids[]": ["1"] * 5}, "Cannot attach more than 4 files"),
        ({"status": "x", "media_ids[]": ["1"]}, "Validation failed: Media 1 not found"),
        ({"status": "x", "scheduled_at": "2030-01-01T00:00:00Z"}, "Validation failed: Scheduled"),
    ],
)
def test_a_status_that_is_not_valid_is_refused(
    signed_in: Caller, fields: dict[str, Any], message: str
) -> None:
    answer = signed_in.post(STATUSES, data=fields)
    assert answer.status_code == 422
    assert answer.json().keys() == sample("mastodon/error_empty_status.json").keys()
    assert answer.json()["error"].startswith(message)


def test_any_link_counts_as_23_characters(signed_in: Caller) -> None:
    link = "https://samudrakota.example/" + "a" * 200
    assert signed_in.post(STATUSES, data={"status": link + " " + "y" * 476}).ok
    assert signed_in.post(STATUSES, data={"status": link + " " + "y" * 477}).status_code == 422


def test_what_is_not_an_image_is_refused(signed_in: Caller) -> None:
    answer = upload(signed_in, b"<script>alert(1)</script>")
    assert answer.status_code == 422
    assert "File content type is invalid" in answer.json()["error"]


def test_a_missing_or_wrong_token_is_refused_as_recorded(caller: Caller) -> None:
    for token in (None, "made-up"):
        caller.token = token
        answer = caller.get("/api/v1/accounts/verify_credentials")
        assert answer.status_code == 401
        assert answer.json() == sample("mastodon/error_unauthorized.json")


def test_a_read_only_token_reads_but_does_not_post(
    caller: Caller, mastodon: TrainingAccount
) -> None:
    caller.token = mastodon.read_only_secret
    assert caller.get("/api/v1/accounts/verify_credentials").status_code == 200
    refused = caller.post(STATUSES, data={"status": "Halo"})
    assert refused.status_code == 403
    assert refused.json()["error"] == "This action is outside the authorized scopes"


def test_a_private_status_is_shown_to_its_owner_only(
    signed_in: Caller, mastodon: TrainingAccount
) -> None:
    made = signed_in.post(STATUSES, data={"status": "Internal", "visibility": "private"}).json()
    assert signed_in.get(f"{STATUSES}/{made['id']}").status_code == 200
    signed_in.token = None
    assert signed_in.get(f"{STATUSES}/{made['id']}").status_code == 404
    listed = signed_in.get(f"/api/v1/accounts/{mastodon.platform_id}/statuses").json()
    assert made["id"] not in {status["id"] for status in listed}


def test_the_context_holds_as_many_replies_as_are_counted(
    caller: Caller, mastodon: TrainingAccount
) -> None:
    statuses = caller.get(f"/api/v1/accounts/{mastodon.platform_id}/statuses").json()
    asked = next(status for status in statuses if status["replies_count"] > 1)
    context = caller.get(f"{STATUSES}/{asked['id']}/context").json()
    assert missing(sample("mastodon/status_context.json"), context) == []
    assert len(context["descendants"]) == asked["replies_count"]
    assert {reply["in_reply_to_id"] for reply in context["descendants"]} == {asked["id"]}


def test_the_301st_call_within_five_minutes_is_refused_where_limits_are_enforced(
    make_app: Any, mastodon: TrainingAccount
) -> None:
    strict: TrainingPlatforms = make_app(enforce_limits=True)
    caller = in_process(strict)
    caller.token = mastodon.secret
    path = "/api/v1/accounts/lookup?acct=nobody"
    assert {caller.get(path).status_code for _ in range(300)} == {404}
    refused = caller.get(path)
    assert refused.status_code == 429
    assert refused.json() == sample("mastodon/error_rate_limited.json")
    assert refused.headers["x-ratelimit-remaining"] == "0"
