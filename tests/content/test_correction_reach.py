"""A correction goes to every account on which the wrong post stands, or says why it does not."""

from __future__ import annotations

import pytest

from content import actions
from content.errors import ContentError
from content.pages.posts import lacking
from tests.cast import Cast
from tests.content.stage import FakePlatform, Stage, connected_account, document
from tests.content.test_outstanding import SignIn, out_on_two, page_of, says
from tests.content.test_threads import parts, send
from tests.content.test_withdrawals import follow, justified


def test_a_correction_that_leaves_an_account_out_says_why_and_where_the_wrong_post_stands(
    cast: Cast, client_as: SignIn
) -> None:
    wrong, accounts = out_on_two(cast)
    correction = follow(wrong).edit("Yang benar.")
    with pytest.raises(ContentError, match="Add the account, or withdraw") as refused:
        correction.submit()
    assert accounts[1].handle in str(refused.value)
    justified(correction).submit().approve().send(FakePlatform(handle="satu"))
    assert says(wrong, "corrected")
    page = page_of(wrong, client_as)
    assert [one.official_account for one in page.context["uncorrected"]] == [accounts[1]]
    assert "Still stands uncorrected" in page.content.decode()
    stands = wrong.post.publications.get(official_account=accounts[1])
    actions.withdraw_publication(actor=cast.sari, publication_id=stands.pk, reason="Salah.")
    assert not page_of(wrong, client_as).context["uncorrected"]


def test_a_correction_need_not_reach_where_the_wrong_post_was_withdrawn_or_corrected(
    cast: Cast,
) -> None:
    accounts = [connected_account(cast.diskominfo) for _three in range(3)]
    post = actions.create_post(
        actor=cast.dwi, unit_id=cast.diskominfo.pk, document=document(*accounts)
    )
    wrong = Stage(cast, accounts[0], post).submit().approve()
    for one in parts(wrong):
        send(one, FakePlatform(handle=str(one.pk)))
    correction = follow(wrong).edit("Yang benar.")
    assert len(lacking(correction.fresh())) == 2
    there = wrong.post.publications.get(official_account=accounts[1])
    actions.withdraw_publication(actor=cast.sari, publication_id=there.pk, reason="Salah.")
    assert len(lacking(correction.fresh())) == 1
    other = Stage(cast, accounts[2], follow(wrong).post).edit("Yang benar di sini.")
    justified(other).submit().approve().send(FakePlatform(handle="tiga"))
    assert not lacking(correction.fresh())
    correction.submit()


def test_a_correction_does_not_begin_with_accounts_where_the_wrong_post_was_called_off(
    cast: Cast,
) -> None:
    accounts = [connected_account(cast.diskominfo) for _two in range(2)]
    post = actions.create_post(
        actor=cast.dwi, unit_id=cast.diskominfo.pk, document=document(*accounts)
    )
    wrong = Stage(cast, accounts[0], post).submit().approve()
    here, there = wrong.post.publications.order_by("pk")
    send(here, FakePlatform())
    begun = follow(wrong).fresh().current_version
    assert begun is not None
    assert set(begun.content().texts) == {one.pk for one in accounts}, "it may still go out there"
    actions.cancel_publication(actor=cast.sari, publication_id=there.pk, reason="Batal.")
    other = follow(wrong).fresh().current_version
    assert other is not None
    assert set(other.content().texts) == {here.official_account_id}
