"""Writing in an agency with thousands of accounts: search, tick, and nothing gets lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import OfficialAccount
from content.choosing import MOST_FOUND, MOST_OFFERED
from content.models import MediaFile, Post
from tests import factories
from tests.cast import Cast
from tests.content.stage import make_stage, picture

SignIn = Callable[[object], Client]
CREATE = "content:post_create"


@pytest.fixture
def many(cast: Cast) -> list[OfficialAccount]:
    return OfficialAccount.objects.bulk_create(
        OfficialAccount(
            unit=cast.diskominfo, platform="bluesky", host="bsky.social", status="active",
            handle=f"layanan{n}.samudrakota.example", display_name=f"Layanan {n:04}",
            registered_by=cast.bayu,
        )
        for n in range(2_000)
    )  # fmt: skip


@pytest.fixture
def client(cast: Cast, client_as: SignIn) -> Client:
    return client_as(factories.reads_english(cast.dwi))


def typed(cast: Cast, **fields: Any) -> dict[str, Any]:
    return {"title": "T", "unit": cast.diskominfo.pk, "text": "Halo", "language": "id", **fields}


def offered(answer: Any) -> list[int]:
    return [account.pk for account in answer.context["form"].official_accounts]


def test_the_form_is_light_and_asks_for_words(
    cast: Cast,
    many: list[OfficialAccount],
    client: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    sent = typed(cast, find="layanan", look="1", accounts=[one.pk for one in many[:10]])
    with django_assert_max_num_queries(15):
        fresh = client.get(f"{reverse(CREATE)}?form={uuid4()}")
    with django_assert_max_num_queries(15):
        answer = client.post(reverse(CREATE), sent)
    for one in (fresh, answer):
        assert one.status_code == 200
        assert len(one.content) <= 100_000
        assert "Find accounts" in one.content.decode()
    assert offered(answer)[:10] == [one.pk for one in many[:10]]
    assert len(offered(answer)) == 10 + MOST_FOUND
    assert "Only the first 20 are shown" in answer.content.decode()


def test_what_is_ticked_and_typed_stays_while_searching_and_is_saved(
    cast: Cast, many: list[OfficialAccount], client: Client
) -> None:
    first, second = many[7], many[1500]
    own = {f"text_{first.pk}": "Khusus"}
    found = client.post(
        reverse(CREATE),
        typed(cast, find="@layanan1500", look="1", accounts=[first.pk], title="", **own),
    )
    assert found.status_code == 200, "searching is no mistake, whatever else is missing"
    assert offered(found) == [first.pk, second.pk]
    page = found.content.decode()
    assert "Khusus" in page
    assert "id_title_error" not in page
    assert not Post.objects.exists()
    saved = client.post(
        reverse(CREATE), typed(cast, find="x", accounts=[first.pk, second.pk], **own)
    )
    assert saved.status_code == 302
    version = Post.objects.get().current_version
    assert version is not None
    assert version.content().texts == {first.pk: "Khusus", second.pk: "Halo"}


def test_a_post_that_is_edited_offers_its_accounts(
    cast: Cast, many: list[OfficialAccount], client: Client
) -> None:
    stage = make_stage(cast)
    edit = reverse("content:post_edit", args=[stage.post.pk])
    assert offered(client.get(edit)) == [stage.account.pk]
    searched = typed(cast, find="layanan 0003", look="1", accounts=[stage.account.pk])
    assert offered(client.post(edit, searched)) == [stage.account.pk, many[3].pk]


def test_an_account_that_one_may_not_write_for_is_neither_found_nor_taken(
    cast: Cast, many: list[OfficialAccount], client: Client
) -> None:
    other = factories.official_account(cast.dinkes, display_name="Puskesmas")
    answer = client.post(reverse(CREATE), typed(cast, find="puskesmas", look="1"))
    assert offered(answer) == []
    assert "No other account that you may write for matches" in answer.content.decode()
    forged = client.post(reverse(CREATE), typed(cast, accounts=[other.pk]))
    assert forged.status_code == 422
    assert not Post.objects.exists()


def test_odd_keys_and_words_are_no_accident(
    cast: Cast, many: list[OfficialAccount], client: Client
) -> None:
    for odd in ("²", "-1", "9" * 30, "\0", "x"):
        asked = typed(cast, accounts=[odd], find=odd * 300, look="1")
        assert client.post(reverse(CREATE), asked).status_code == 200, odd
        assert client.post(reverse(CREATE), typed(cast, accounts=[odd])).status_code == 422, odd


def test_a_picture_that_was_chosen_is_kept_while_searching(
    cast: Cast, many: list[OfficialAccount], client: Client
) -> None:
    file = SimpleUploadedFile("a.png", picture("olive"))
    answer = client.post(reverse(CREATE), typed(cast, find="layanan", look="1", file_0=file))
    assert MediaFile.objects.get().sha256 in answer.content.decode()


def test_few_accounts_are_all_offered_without_a_search(cast: Cast, client: Client) -> None:
    made = [factories.official_account(cast.diskominfo) for _number in range(3)]
    answer = client.get(reverse(CREATE), follow=True)
    assert set(offered(answer)) == {one.pk for one in made}
    assert len(made) <= MOST_OFFERED
    assert "Find accounts" not in answer.content.decode()
