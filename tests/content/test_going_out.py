"""Who approves is told where a post goes out by itself, and where a person has to post it."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from accounts.models import User
from content import actions, going_out
from content.checklist import ETHICS
from content.pages import freezes as pages_freezes
from content.pages import review as review_pages
from tests import factories
from tests.cast import Cast
from tests.content.stage import Stage, connected_account, document, make_stage
from tests.content.test_freezes import freeze, lift, release
from tests.content.test_together import value

SignIn = Callable[[User | str], Client]


def both(cast: Cast) -> Stage:
    """For a connected account, and one that is kept by hand."""
    accounts = [connected_account(cast.diskominfo), factories.official_account(cast.diskominfo)]
    post = actions.create_post(
        actor=cast.dwi,
        unit_id=cast.diskominfo.pk,
        document=document(*accounts, title="Lomba kebersihan"),
    )
    return Stage(cast, accounts[0], post).submit()


def names(stage: Stage) -> tuple[str, str]:
    found = going_out.ways_of([stage.post])[stage.post.pk]
    return found.sent, found.by_hand


def test_an_approver_reads_before_and_after_where_a_person_has_to_post(
    cast: Cast, client_as: SignIn
) -> None:
    stage = both(cast)
    sari = client_as(factories.reads_english(cast.sari))
    address = reverse("content:post_detail", args=[stage.post.pk])
    shown = sari.get(address).context["once_approved"]
    queue = sari.get(reverse("content:review_list"))
    assert queue.context["out_at_once"] == ["Lomba kebersihan"]
    told = review_pages.approved_words(stage.approve().fresh())
    sent, by_hand = names(stage)
    assert sent == stage.account.in_words != by_hand
    assert shown == (
        f"As soon as you approve it, it goes out on {sent}. On {by_hand} a person has to post it."
    )
    assert queue.context["to_be_posted"] == (
        f"A person has to post: “Lomba kebersihan” on {by_hand}."
    )
    assert told == f"Approved. It goes out on {sent} now; on {by_hand} a person has to post it."


def test_what_only_people_post_is_never_said_to_be_on_its_way(cast: Cast) -> None:
    stage = make_stage(cast, connected=False, title="Jadwal posyandu").submit()
    version, account = stage.fresh().current_version, stage.account
    assert version is not None
    before = going_out.once_approved([account])
    assert before == (
        "It does not go out by itself: a person has to post it on " + account.in_words + "."
    )
    actions.open_version(actor=cast.sari, version=version)
    chosen = review_pages.chosen_of([value(stage)], cast.sari)
    done, refused = review_pages.approve_each(cast.sari, chosen, ETHICS.version)
    assert refused == []
    assert done == [
        "Approved, and not out yet (1): Jadwal posyandu.",
        f"A person has to post: “Jadwal posyandu” on {account.in_words}.",
    ]
    assert going_out.after_approval(stage.fresh()) == (
        f"Approved. It is not out yet: a person has to post it on {account.in_words}."
    )
    freeze(cast)
    lift(cast)
    assert pages_freezes.after_release(release(stage)) == (
        f"Released: a person has to post “Jadwal posyandu” on {account.in_words}."
    )


def test_what_a_freeze_holds_back_is_not_said_to_go_out(cast: Cast) -> None:
    stage = make_stage(cast).submit()
    freeze(cast)
    told = review_pages.approved_words(stage.approve(note="Tetap perlu.").fresh())
    name = stage.account.in_words
    assert told == f"Approved. It is not out yet: a freeze holds it back on {name}."
    lift(cast)
    other = both(cast)
    freeze(cast, official_account_id=other.account.pk)
    told = review_pages.approved_words(other.approve(note="Tetap perlu.").fresh())
    assert told.endswith(f"On {other.account.in_words} a freeze holds it back.")
    assert "a person has to post it" in told
    ways = going_out.ways_of([other.post])[other.post.pk]
    assert going_out.held_back([("Lomba", ways), ("Bebas", ways._replace(frozen=""))]) == (
        f"A freeze holds back: “Lomba” on {other.account.in_words}."
    )
