"""A film is written anew from its pictures and its sound; what cannot be kept is told by a code."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from govsocial.web import films
from tests.content.films import PLACE, film, phone_film


def rewritten(data: bytes, folder: Path) -> films.Film:
    (folder / "source").write_bytes(data)
    return films.rewrite(folder / "source", target=folder / "film", poster=folder / "poster")


@pytest.mark.parametrize("kind", ["mov", "mp4"])
def test_the_film_of_a_phone_is_kept_upright_without_place_camera_and_time(
    tmp_path: Path, kind: str
) -> None:
    data = phone_film(kind)
    assert PLACE.encode() in data
    found = rewritten(data, tmp_path)
    assert {"place", "time"} <= set(found.removed)
    assert (found.width, found.height, found.rotation) == (48, 64, 90)
    assert (found.codecs, round(found.seconds)) == (("h264", "aac"), 3)
    kept = (tmp_path / "film").read_bytes()
    for secret in (PLACE.encode(), b"Kamera Made", b"2026", b"Lavf"):
        assert secret not in kept
    assert kept[4:8] == b"ftyp"
    assert kept.index(b"moov") < kept.index(b"mdat"), "players can begin before all is there"


def test_the_same_film_gives_the_same_bytes_again_and_again(tmp_path: Path) -> None:
    rewritten(film(kind="mov"), tmp_path)
    first = (tmp_path / "film").read_bytes()
    assert rewritten(first, tmp_path).removed == ()
    assert (tmp_path / "film").read_bytes() == first


def test_what_lies_behind_the_boxes_stays_behind(tmp_path: Path) -> None:
    found = rewritten(film() + b"a route through the town" * 50, tmp_path)
    assert found.removed == ("appended",)
    assert b"a route" not in (tmp_path / "film").read_bytes()


@pytest.mark.parametrize(
    ("code", "data"),
    [
        ("several_pictures", film(further=1)),
        ("video_codec", film(codec="mpeg4")),
        ("damaged", film()[:1500]),
        ("damaged", b"\0\0\0\x20ftypisom" + b"x" * 3000),
        ("damaged", b""),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_code(
    tmp_path: Path, code: str, data: bytes
) -> None:
    with pytest.raises(films.Refused) as refused:
        rewritten(data, tmp_path)
    assert refused.value.code == code


def test_limits_of_sides_and_of_time_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(films, "LONGEST_SECONDS", 2)
    with pytest.raises(films.Refused, match="too_long"):
        rewritten(film(), tmp_path)
    monkeypatch.setattr(films, "LONGEST_SIDE", 50)
    with pytest.raises(films.Refused, match="sides"):
        rewritten(film(), tmp_path)


def test_a_worker_that_is_ended_or_too_slow_is_a_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(films, "TIMEOUT_SECONDS", 0.01)
    with pytest.raises(films.Refused, match="too_slow"):
        rewritten(film(), tmp_path)
    monkeypatch.setattr(films, "TIMEOUT_SECONDS", 20)
    program = tmp_path / "killed.py"
    program.write_text("import os; os.kill(os.getpid(), 9)")
    monkeypatch.setattr(films, "_WORKER", program)
    with pytest.raises(films.Refused, match="damaged"):
        rewritten(film(), tmp_path)


def test_the_worker_gets_none_of_our_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "curious.py"
    program.write_text("import json, os; print(json.dumps({'refused': ','.join(os.environ)}))")
    monkeypatch.setattr(films, "_WORKER", program)
    monkeypatch.setenv("SECRET_KEY", "very secret")
    with pytest.raises(films.Refused) as told:
        rewritten(film(), tmp_path)
    assert "SECRET_KEY" not in told.value.code
    assert "DATABASE_URL" not in told.value.code


def test_no_change_of_a_film_is_more_than_a_refusal(tmp_path: Path) -> None:
    good, chance, refusals = film(seconds=1), random.Random("film"), 0
    for _ in range(8):
        data = bytearray(good)
        for _again in range(chance.randint(1, 8)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            rewritten(bytes(data), tmp_path)
        except films.Refused:
            refusals += 1
    assert refusals > 0


def test_a_picture_of_a_phone_is_no_film() -> None:
    assert films.looks_like_film(film()[:64])
    assert not films.looks_like_film(b"\0\0\0\x18ftypheic")
    assert not films.looks_like_film(b"ftyp")
