"""A film is compared as it leaves: piece by piece, whoever exchanges it on the disk meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Credential
from content.errors import ContentError
from content.film_pieces import FILM_CHANGED, PIECE, BytesChanged, pieces_of
from content.media_items import item_of
from content.models import Attempt, FilmPieces, MediaFile, Publication
from govsocial.platforms.base import OutgoingPost
from tests.cast import Cast
from tests.content.films import film
from tests.content.media_stage import ready, upload
from tests.content.stage import FakePlatform
from tests.content.test_what_goes_out import made_for
from tests.triggers import without_trigger

FILM = cache(partial(film, seconds=3, sound=False))
"""Encoded once."""


@pytest.fixture
def moving(cast: Cast) -> MediaFile:
    return ready(cast.dwi, cast.diskominfo, FILM(), "banjir.mp4")


def exchange(media: MediaFile) -> None:
    media.path.write_bytes(b"x" * media.size)


class Sender(FakePlatform):
    """Meets a film that is exchanged once it was compared, and reads or fetches it."""

    def __init__(self, media: MediaFile) -> None:
        super().__init__()
        self.media = media
        self.status = 0

    def publish(self, post: OutgoingPost) -> Any:
        assert post.video is not None
        exchange(self.media)
        if post.video.url is None:
            post.video.read(0, 16)
        else:
            address = post.video.url.partition("samudrakota.example")[2]
            self.status = Client().get(address).status_code
        return super().publish(post)


def test_a_film_that_is_exchanged_while_it_is_uploaded_does_not_go_out(
    cast: Cast, moving: MediaFile
) -> None:
    stage = made_for(cast, "bluesky", film=item_of(moving, "Air surut.")).submit().approve()
    platform = Sender(moving)
    row = stage.send(platform)
    assert (row.status, row.problem) == (Publication.Status.FAILED, FILM_CHANGED)
    assert not platform.kept
    assert Attempt.objects.get().outcome == Attempt.Outcome.NOT_SENT
    assert Credential.objects.get(official_account=stage.account).last_error == ""


def test_a_film_that_is_exchanged_while_it_is_fetched_is_not_given(
    cast: Cast, moving: MediaFile
) -> None:
    stage = made_for(cast, "instagram", film=item_of(moving, "Air surut.")).submit().approve()
    platform = Sender(moving)
    stage.send(platform)
    assert platform.status == 404


def test_a_film_from_before_is_compared_as_a_whole_once_and_by_pieces_that_never_change(
    cast: Cast, moving: MediaFile, client_as: Callable[[object], Client]
) -> None:
    with without_trigger("content.FilmPieces:immutable"):
        FilmPieces.objects.all().delete()
    client, data = client_as("dwi"), moving.path.read_bytes()
    address = reverse("content:media_file", args=[moving.unit_id, moving.sha256])
    exchange(moving)
    assert client.get(address).status_code == 404
    assert not FilmPieces.objects.exists()
    moving.path.write_bytes(data)
    assert b"".join(client.get(address)) == data
    assert FilmPieces.objects.get().sha256 == moving.sha256
    exchange(moving)
    assert client.get(address).status_code == 404
    rows = FilmPieces.objects.all()
    for change in (lambda: rows.update(digests=b"x" * 32), rows.delete):
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            change()
    with pytest.raises(IntegrityError), transaction.atomic():
        FilmPieces.objects.create(sha256="0" * 64, size=PIECE + 1, digests=b"x" * 32)


def test_pieces_of_another_film_that_sql_kept_let_nothing_out(
    cast: Cast, moving: MediaFile
) -> None:
    stage = made_for(cast, "bluesky", film=item_of(moving, "Air surut.")).submit().approve()
    with without_trigger("content.FilmPieces:immutable"):
        FilmPieces.objects.update(digests=b"x" * 32)
    platform = FakePlatform()
    row = stage.send(platform)
    assert (row.status, row.problem) == (Publication.Status.FAILED, FILM_CHANGED)
    assert platform.calls == 0
    # Nor is it taken again as if it could be sent.
    with pytest.raises(ContentError, match="Something else is kept as this video"):
        upload(cast.dwi, cast.diskominfo, FILM(), "banjir.mp4")


def test_each_piece_is_compared_before_it_is_handed_out(tmp_path: Path) -> None:
    path = tmp_path / "film"
    data = bytes(PIECE) + b"b" * PIECE + b"end"
    path.write_bytes(data)
    _sha256, pieces = pieces_of(path)
    assert pieces.read(PIECE - 2, 4) == b"\0\0bb"
    assert pieces.read(2 * PIECE, 99) == b"end"
    assert b"".join(pieces.blocks(0, len(data))) == data
    path.write_bytes(data[:-1] + b"!")
    blocks = pieces.blocks(PIECE, len(data))
    assert next(blocks) == b"b" * PIECE
    with pytest.raises(BytesChanged):
        next(blocks)
    path.unlink()
    with pytest.raises(BytesChanged):
        pieces.read(0, 1)
