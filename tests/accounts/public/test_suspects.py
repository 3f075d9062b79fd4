"""Which reports are about one account: the query of a page counts, what apps add to it does not."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.migrations import RunPython
from django.db.migrations.executor import MigrationExecutor

from accounts import actions
from accounts import impersonation_selectors as selectors
from accounts.errors import AccountError
from accounts.models import ImpersonationReport
from accounts.suspects import LONGEST, read_suspect
from tests.cast import Cast
from tests.gathering import each
from tests.triggers import migrating, without_trigger

SITE = "https://x.example/profile.php"


def key(text: str) -> str:
    return read_suspect(text, "").key


def report(suspect: str) -> actions.Received:
    return actions.report_impersonation(
        actor=selectors.the_public(), channel="public", suspect=suspect, platform="",
        imitated="", happened="Meminta uang",
    )  # fmt: skip


def run(migration: str) -> None:
    loader = MigrationExecutor(connection).loader
    (operation,) = loader.get_migration("accounts", migration).operations
    assert isinstance(operation, RunPython)
    assert operation.reversible
    with migrating(), connection.schema_editor() as editor:
        operation.code(loader.project_state().apps, editor)


@pytest.mark.parametrize(
    "same",
    [
        f"{SITE}?id=1&utm_source=wa",
        f"{SITE}?fbclid=abc&id=1",
        f"{SITE}?igsh=abc&id=1&utm_campaign=",
        f"{SITE}?id=1#foto",
        "http://www.X.example/Profile.php/?id=1",
        "tolong cek x.example/profile.php?id=1, ya",
        "https://x.example/profil%65.php?id=%31",
    ],
)
def test_one_page_is_one_suspect_however_it_came(same: str) -> None:
    assert key(same) == key(f"{SITE}?id=1")


@each(
    "other",
    [
        SITE,
        f"{SITE}?id=2",
        f"{SITE}?id=",
        f"{SITE}?ID=1",
        f"{SITE}?id=1&id=2",
        f"{SITE}?id=１１",
        f"{SITE}?id=1%26",
        "https://x.example:8080/profile.php?id=1",
        "https://x.example/?id=1",
        f"{SITE}?id={'1' * 470}",
    ],
)
def test_another_query_is_another_suspect(other: str) -> None:
    assert key(other) != key(f"{SITE}?id=1")


def test_letters_in_a_query_are_no_capitals() -> None:
    assert key(f"{SITE}?id=aB") != key(f"{SITE}?id=Ab")


def test_long_addresses_that_begin_alike_are_told_apart() -> None:
    start = f"{SITE}?a={'b' * 400}"
    keys = [key(f"{start}{end}") for end in "12"]
    keys += [key(f"https://bit.ly/{'c' * 400}{end}") for end in "12"]
    assert len(set(keys)) == 4
    assert all(len(one) == LONGEST for one in keys)
    assert read_suspect(f"{start}1", "").shown.startswith("x.example/profile.php?a=b")


def test_posts_are_one_whoever_shared_them() -> None:
    post = "https://www.instagram.com/p/Cabc/"
    assert key(f"{post}?igsh=AAA") == key(f"{post}?igsh=BBB&utm_source=ig") == key(post)
    assert key(f"{post}?img_index=2") != key(post)
    assert read_suspect(f"{post}?igsh=AAA", "").shown == "www.instagram.com/p/Cabc"


def test_an_account_of_a_platform_is_one_whatever_stands_behind_it() -> None:
    assert key("https://instagram.com/akun?x=1") == key("https://instagram.com/Akun?x=2")
    assert key("https://facebook.com/profile.php?id=1") != key(
        "https://facebook.com/profile.php?id=2"
    )


def test_two_pages_are_two_reports_and_a_third_joins(cast: Cast) -> None:
    one, two = report(f"{SITE}?id=1"), report(f"{SITE}?id=2")
    assert one.report != two.report
    assert [two.joined, report(f"{SITE}?id=2&fbclid=x").joined] == [False, True]
    assert set(ImpersonationReport.objects.values_list("suspect", flat=True)) == {
        "x.example/profile.php?id=1",
        "x.example/profile.php?id=2",
    }


def test_the_migration_gives_what_is_open_the_key_of_the_next_report(cast: Cast) -> None:
    made = {
        text: report(text).report
        for text in (f"{SITE}?id=1", "https://x.example/Lain/?a=B&c", "https://x.example/tanpa",
                     "https://instagram.com/akun", f"https://x.example/panjang?a={'b' * 400}")
    }  # fmt: skip
    expected = {one.pk: one.suspect_key for one in made.values()}
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE accounts_impersonationreport DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE accounts_impersonationreport SET suspect_key = split_part(suspect_key, '?', 1)"
        )
        cursor.execute("ALTER TABLE accounts_impersonationreport ENABLE TRIGGER USER")
    run("0024_suspects_by_query")
    cut = made[f"https://x.example/panjang?a={'b' * 400}"].pk
    now = dict(ImpersonationReport.objects.values_list("pk", "suspect_key"))
    assert now.pop(cut) == "other||x.example/panjang"
    expected.pop(cut)
    assert now == expected
    assert report(f"{SITE}?id=1").joined


@pytest.mark.parametrize(
    "same",
    [
        "081234567890",
        "+62 812 3456 7890",
        "62812-3456-7890",
        "hubungi 0812 3456 7890 ya",
        "0812-3456-7890 atau 081234567890",
    ],
)
def test_a_number_is_one_suspect_however_it_is_written(same: str) -> None:
    assert key(same) == key("0812-3456-7890") == "phone|6281234567890"
    assert "ya" not in read_suspect(same, "").shown


@pytest.mark.parametrize(
    "same",
    [
        "https://wa.me/+6281234567890?text=halo",
        "https://api.whatsapp.com/send?phone=6281234567890&text=halo",
        "https://api.whatsapp.com/send/?text=halo&phone=%2B6281234567890",
        "wa.me/6281234567890 081234567890",
    ],
)
def test_a_number_on_whatsapp_is_one_and_another_than_that_of_a_telephone(same: str) -> None:
    assert key(same) == key("wa.me/6281234567890") != key("081234567890")
    shown = read_suspect(same, "").shown
    assert key(shown) == key(same)


def test_links_of_whatsapp_without_a_number_are_told_apart() -> None:
    keys = {key(f"https://wa.me/message/{code}") for code in ("ABC12345", "XYZ12345")}
    assert len(keys) == 2
    assert key("wa.me/6281234567890") != key("wa.me/6281234567891")


def test_two_numbers_are_two_suspects() -> None:
    with pytest.raises(AccountError):
        key("081234567890 081234567891")


def test_the_migration_gives_open_numbers_the_key_of_the_next_report(cast: Cast) -> None:
    numbers = ["0812-3456-7890", "wa.me/6281234567890", "(021) 555 1234", "https://bit.ly/a"]
    made = [report(one).report for one in numbers]
    expected = [one.suspect_key for one in made]
    with without_trigger("accounts.ImpersonationReport:stays_itself"):
        for one in made:
            ImpersonationReport.objects.filter(pk=one.pk).update(suspect_key=f"link|{one.suspect}")
        twice = ImpersonationReport.objects.create(
            unit=made[0].unit, reference="TR-2", suspect="+62 81234567890",
            suspect_key="link|+62 81234567890",
        )  # fmt: skip
    run("0030_suspect_numbers_in_one_spelling")
    now = dict(ImpersonationReport.objects.values_list("pk", "suspect_key"))
    assert now.pop(twice.pk) == "link|+62 81234567890"
    assert [now[one.pk] for one in made] == expected
    assert report("081234567890").report == made[0]


def test_the_migration_keeps_open_old_addresses_apart_from_handles(cast: Cast) -> None:
    old, handle = (report(one).report for one in ("youtube.com/c/Penipu", "youtube.com/@lain"))
    expected = [old.suspect_key, handle.suspect_key]
    with without_trigger("accounts.ImpersonationReport:stays_itself"):
        ImpersonationReport.objects.filter(pk=old.pk).update(suspect_key="youtube||penipu")
    run("0047_suspects_at_old_addresses")
    now = ImpersonationReport.objects.order_by("opened_at").values_list("suspect_key", flat=True)
    assert list(now) == expected
    assert not report("youtube.com/@penipu").joined
    assert report("https://www.youtube.com/c/Penipu").report == old
