"""Views of lists that people save for themselves."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from content import actions
from content.actions.saved_views import MOST_VIEWS
from content.errors import ContentError
from content.models import SavedView
from content.saved_views import cleaned
from govsocial.audit.models import Entry
from tests.cast import Cast
from tests.content.stage import make_stage

SignIn = Callable[[User | str], Client]
LIST = reverse("content:post_list")


def save(cast: Cast, name: str = "Draf saya", by: User | None = None, **more: object) -> SavedView:
    values = {"place": "posts", "query": "status=draft", "is_default": False}
    return actions.save_view(actor=by or cast.dwi, name=name, **(values | more))  # type: ignore[arg-type]  # by the test


def test_what_is_filtered_gets_a_name_and_opens_the_list_again(
    cast: Cast, client_as: SignIn
) -> None:
    make_stage(cast)
    client = client_as("dwi")
    asked = {"search": "vaksin", "status": "draft", "page": "3", "format": "csv", "unit": ""}
    saving = client.get(LIST, asked).context["saved"].saving
    form = client.get(saving).context["form"]
    assert form.initial == {"place": "posts", "query": "search=vaksin&status=draft"}
    sent = {**form.initial, "name": "  Vaksin, draf  ", "is_default": "on"}
    answer = client.post(reverse("content:saved_view_create"), sent)
    view = SavedView.objects.get()
    assert answer["Location"] == f"{LIST}?search=vaksin&status=draft&view={view.pk}"
    assert (view.user, view.name, view.is_default) == (cast.dwi, "Vaksin, draf", True)
    shown = client.get(answer["Location"])
    assert shown.context["saved"].views == [
        {"name": "Vaksin, draf", "url": answer["Location"], "is_here": True}
    ]
    assert not shown.context["saved"].saving
    # The list opens with it; whoever takes its filters away sees everything.
    assert client.get(LIST)["Location"] == answer["Location"]
    assert client.get(LIST, HTTP_HX_REQUEST="true").status_code == 200
    assert client.get(LIST + "?view=all").context["page"].paginator.count == 1
    assert 'href="?view=all"' in shown.content.decode()
    assert client.get(reverse("content:publication_list")).status_code == 200
    entry = Entry.objects.get(event="content.saved_view.saved")
    assert entry.data == {"place": "posts", "is_default": True}


def test_a_view_is_renamed_and_removed_by_its_person_alone(cast: Cast, client_as: SignIn) -> None:
    view, other = save(cast, is_default=True), save(cast, "Lain")
    dwi, rina = client_as("dwi"), client_as("rina")
    edit, remove = (
        reverse(f"content:saved_view_{do}", args=[view.pk]) for do in ("edit", "remove")
    )
    for client, status in ((rina, 404), (dwi, 200)):
        assert client.get(edit).status_code == status
    assert rina.post(remove).status_code == 404
    assert "Draf saya" not in rina.get(reverse("content:saved_view_list")).content.decode()
    taken = dwi.post(edit, {"name": "LAIN"})
    assert taken.status_code == 422
    assert "name" in taken.context["form"].errors
    assert 'value="LAIN"' in taken.content.decode()
    dwi.post(edit, {"name": "Baru"})
    view.refresh_from_db()
    assert (view.name, view.is_default) == ("Baru", False)
    assert Entry.objects.get(event="content.saved_view.changed").data == {
        "place": "posts", "before": "Draf saya", "is_default": False,
    }  # fmt: skip
    dwi.post(remove)
    assert list(SavedView.objects.all()) == [other]
    assert Entry.objects.get(event="content.saved_view.removed").data == {"place": "posts"}


def test_the_newest_default_is_the_only_one_of_a_list(cast: Cast) -> None:
    first = save(cast, is_default=True)
    elsewhere = save(cast, is_default=True, place="reviews", query="")
    second = save(cast, "Dua", is_default=True)
    actions.change_view(actor=cast.dwi, view_id=first.pk, name=first.name, is_default=True)
    assert set(SavedView.objects.filter(is_default=True)) == {first, elsewhere}
    assert second.pk


def test_names_are_once_for_a_person_and_list_also_in_the_database(cast: Cast) -> None:
    save(cast)
    save(cast, place="publications", query="")
    save(cast, by=cast.rina)
    with pytest.raises(ContentError, match="name already"):
        save(cast, "DRAF SAYA")
    for wrong in (
        {"name": "draf SAYA"},
        {"name": " x"},
        {"name": ""},
        {"name": "y", "place": "elsewhere"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            SavedView.objects.create(**({"user": cast.dwi, "place": "posts"} | wrong))
    SavedView.objects.filter(user=cast.dwi, place="posts").update(is_default=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedView.objects.create(user=cast.dwi, place="posts", name="z", is_default=True)
    for number in range(MOST_VIEWS - 1):
        save(cast, f"Nomor {number}")
    with pytest.raises(ContentError, match=str(MOST_VIEWS)):
        save(cast, "Satu lagi")
    with pytest.raises(PermissionDenied):
        save(cast, by=cast.inactive)


def test_only_what_a_list_asks_for_is_kept_of_an_address(cast: Cast, client_as: SignIn) -> None:
    assert cleaned("posts", "sort=-title&status=&x=1&account_words=a%26b&page=2&view=3") == (
        "account_words=a%26b&sort=-title"
    )
    assert cleaned("posts", f"search={'x' * 2100}") == ""
    client = client_as("dwi")
    create = reverse("content:saved_view_create")
    for sent in (
        {"place": "nowhere", "query": "status=draft", "name": "a"},
        {"place": "posts", "query": "status=draft", "name": "\u200b"},
        {"place": "posts", "query": "status=draft", "name": "a\0"},
    ):
        assert client.post(create, sent).status_code == 422
    client.post(create, {"place": "posts", "query": "//evil.example?x=1&status=live", "name": "a"})
    assert SavedView.objects.get().query == "status=live"
