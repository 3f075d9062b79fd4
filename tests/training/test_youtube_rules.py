"""What YouTube on the training server refuses, and the shapes of its answers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.training.conftest import Caller, missing, sample


@pytest.mark.parametrize(
    ("snippet", "reason"),
    [
        ({"title": " "}, "invalidTitle"),
        ({"title": "x" * 101}, "invalidTitle"),
        ({"title": "a < b"}, "invalidTitle"),
        ({"title": "a", "description": "é" * 2501}, "invalidDescription"),
        (None, "invalidVideoMetadata"),
    ],
)
def test_words_that_youtube_does_not_take_are_refused(
    caller: Caller, snippet: Any, reason: str
) -> None:
    caller.token = "latihan-yt-2045-8Tn"
    path = "/upload/youtube/v3/videos?uploadType=resumable&part=snippet"
    answer = caller.post(path, json={"snippet": snippet})
    assert answer.status_code == 400
    assert answer.json()["error"]["errors"][0]["reason"] == reason


def test_parts_that_do_not_fit_are_refused(caller: Caller) -> None:
    caller.token = "latihan-yt-2045-8Tn"
    path = "/upload/youtube/v3/videos?uploadType=resumable&part=snippet"
    headers = {"X-Upload-Content-Length": "600000"}
    begun = caller.post(path, json={"snippet": {"title": "Uji"}}, headers=headers)
    where = begun.headers["location"].removeprefix(caller.base)
    for told, data in (
        ("bytes 0-99/600000", b"x" * 100),
        ("bytes 0-262143/700000", b"x" * 262_144),
        ("bytes 0-262143/600000", b"x" * 100),
        ("bytes 0-", b"x"),
    ):
        answer = caller.call("PUT", where, data=data, headers={"Content-Range": told})
        assert answer.status_code == 400, told
    part = {"Content-Range": "bytes 0-262143/600000"}
    for _ in range(2):
        taken = caller.call("PUT", where, data=b"x" * 262_144, headers=part, allow_redirects=False)
        assert (taken.status_code, taken.headers["range"]) == (308, "bytes=0-262143")


def test_the_answers_have_the_recorded_shapes(caller: Caller) -> None:
    caller.token = "latihan-yt-2045-8Tn"
    parts = "snippet,statistics,contentDetails"
    channel = caller.get(f"/youtube/v3/channels?part={parts}&mine=true").json()
    recorded = sample("youtube/channel_full.json")
    # An old recording: Google no longer tells a channel's comments.
    del recorded["items"][0]["statistics"]["commentCount"]
    recorded["items"][0]["snippet"]["thumbnails"] = {}
    assert missing(recorded, channel) == []
    uploads = channel["items"][0]["contentDetails"]["relatedPlaylists"]["uploads"]
    listed = caller.get(
        f"/youtube/v3/playlistItems?part=snippet&playlistId={uploads}&maxResults=10"
    ).json()
    recorded = sample("youtube/uploads_playlist_p1.json")
    recorded["items"][0]["snippet"]["thumbnails"] = {}
    assert missing(recorded, listed) == []
