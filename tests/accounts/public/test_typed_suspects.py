"""What people write where the suspect is asked for: all of it stays, in the form or the report."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import ImpersonationReport, ImpersonationStatement
from tests import factories
from tests.accounts.public.test_reports import _stamp_of, send
from tests.cast import Cast

ClientAs = Callable[[object], Client]
WORDS = "@penipu, mengaku <b>bendahara</b> Budi"
pytestmark = pytest.mark.usefixtures("published")


def typed_again(page: str) -> str:
    return html.unescape(re.findall(r'name="suspect" value="([^"]*)"', page)[0])


def statements(client: Client, report: ImpersonationReport) -> str:
    url = reverse("impersonations:statement_list", args=[report.pk])
    return client.get(url).content.decode()


def test_words_beside_an_account_stay_with_what_each_person_reported(
    cast: Cast, client_as: ClientAs
) -> None:
    location = send(_stamp_of(60), suspect=WORDS, platform="x").headers["Location"]
    staff = client_as("bayu").post(
        reverse("impersonations:report_make"),
        {"suspect": "x.com/Penipu (dari grup warga)", "happened": "Minta uang"},
    )
    assert staff.status_code == 302
    report = ImpersonationReport.objects.get()
    assert report.suspect == "x.com/penipu"
    typed = [one.suspect_typed for one in report.statements.all()]
    assert typed == [WORDS, "x.com/Penipu (dari grup warga)"]
    page = statements(client_as("bayu"), report)
    assert "@penipu, mengaku &lt;b&gt;bendahara&lt;" in page
    assert "(dari grup warga)" in page
    # They may name the person who wrote them: nobody else reads them.
    detail = reverse("impersonations:report_detail", args=[report.pk])
    assert "bendahara" not in client_as("dwi").get(detail).content.decode()
    assert "bendahara" not in Client().get(location).content.decode()


def test_what_was_typed_is_not_rewritten(cast: Cast) -> None:
    send(_stamp_of(60), suspect=WORDS, platform="x")
    with pytest.raises(DatabaseError), transaction.atomic():
        ImpersonationStatement.objects.update(suspect_typed="@lain")


def test_what_came_in_before_it_was_kept_shows_nothing(cast: Cast, client_as: ClientAs) -> None:
    send(_stamp_of(60))
    report = ImpersonationReport.objects.get()
    label = re.compile(r"Suspect, as typed|Sesuai ketikan")
    assert label.search(statements(client_as("bayu"), report))
    old = report.statements.get()
    ImpersonationStatement.objects.create(report=report, channel="public", happened="Lama")
    assert old.suspect_typed
    assert len(label.findall(statements(client_as("bayu"), report))) == 1


@pytest.mark.parametrize(
    ("suspect", "named"),
    [
        ("@penipu 08123456789", "08123456789, @penipu"),
        ("@penipu, @lain dan teman", "@penipu, @lain"),
        ("instagram.com/penipu evil.example/bayar", "instagram.com/penipu, evil.example/bayar"),
        ("x.com/penipu dan penipu2", "“penipu2” may be another"),
        (f"x.com/penipu evil.example/{'a' * 100}", f"evil.example/{'a' * 46}…"),
    ],
)
def test_of_several_the_form_says_which_it_read_and_where_the_others_go(
    suspect: str, named: str, client_as: ClientAs, cast: Cast
) -> None:
    factories.reads_english(cast.bayu)
    public = send(_stamp_of(60), suspect=suspect, platform="x")
    staff = client_as("bayu").post(
        reverse("impersonations:report_make"),
        {"suspect": suspect, "platform": "x", "happened": "Minta uang"},
    )
    for answer in (public, staff):
        page = answer.content.decode()
        assert answer.status_code == 422
        assert 'id="id_suspect_error"' in page
        assert named in page
        assert typed_again(page) == suspect
    assert "write about the others under “What happened?”" in public.content.decode()
    assert not ImpersonationReport.objects.exists()
