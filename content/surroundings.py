"""What findings need to know besides the document: contacts, election windows, looked-at links."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from django.contrib.postgres.fields import ArrayField
from django.db.models import Case, F, Func, Q, TextField, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, StrIndex
from django.utils import timezone

from accounts.links import SHARED
from accounts.models import OfficialAccount, Unit
from content import findings
from content.documents import Document
from content.finding_rules import bank
from content.finding_rules.personal import national
from content.models import BankText, ElectionWindow, KnownContact, LinkCheck, Post
from content.selectors import paid_labels_of

# Kept by hand, and named by an address in which a number or the agency's own domain stands.
_WITH_ADDRESSES = ("feed", "whatsapp", "telegram")


class _Array(Func):
    """One text as a list of one."""

    template = "ARRAY[%(expressions)s]::text[]"
    output_field = ArrayField(TextField())


_ABOVE = """
    WITH RECURSIVE above(id, parent_id) AS (
        SELECT id, parent_id FROM accounts_unit WHERE id = %s
        UNION ALL
        SELECT one.id, one.parent_id FROM accounts_unit one JOIN above ON one.id = above.parent_id
    )
    SELECT id FROM above
"""


def findings_of(
    document: Document, unit: Unit | None, post: Post | None = None
) -> list[findings.Finding]:
    """Everything that is found in a document of a unit, and of a post, as things are now."""
    return findings.find(document, surroundings_of(document, unit, post))


def surroundings_of(
    document: Document, unit: Unit | None, post: Post | None = None
) -> findings.Surroundings:
    """Three queries at most for most posts: whose contacts are known is asked where there are any.
    One more for a post whose ``paid_labels`` were not read with it.

    ``silences`` are not gathered yet: a freeze that is on is told on every page, and stops what it
    covers whatever was justified.
    """
    zone = unit.zone if unit else timezone.get_current_timezone()
    windows, narratives = _kept_for(unit, document)
    return findings.Surroundings(
        at=(document.planned_at or timezone.now()).astimezone(zone),
        known=frozenset(_known(unit)) if findings.names_contacts(document) else frozenset(),
        windows=windows,
        narratives=narratives,
        links=_links(document),
        labels=_labels(post),
    )


def _labels(post: Post | None) -> Sequence[str]:
    """As ``with_paid_labels`` read them with the post; else they are asked for."""
    if post is None:
        return ()
    known: Sequence[str] | None = getattr(post, "paid_labels", None)
    return list(paid_labels_of(post)) if known is None else known


def _of_unit_or_above(unit: Unit | None) -> Q:
    return Q(unit_id__in=RawSQL(_ABOVE, [unit.pk if unit else 0]))  # noqa: S611  # no input


def _known(unit: Unit | None) -> Iterator[str]:
    rows = KnownContact.objects.filter(_of_unit_or_above(unit), removed_at=None)
    for kind, value in rows.values_list("kind", "value"):
        yield f"{kind}:{value}"
    accounts = OfficialAccount.objects.filter(
        status=OfficialAccount.Status.ACTIVE, platform__in=_WITH_ADDRESSES
    )
    for platform, handle, url in accounts.values_list("platform", "handle", "url"):
        yield from _of_account(platform, handle, url)


def _of_account(platform: str, handle: str, url: str) -> Iterator[str]:
    """The number of a channel, and the domain of the agency's own website."""
    if platform in {"whatsapp", "telegram"}:
        digits = national(f"{handle} {url}")
        if 9 <= len(digits) <= 15:
            yield f"phone:{digits}"
        return
    if platform != "feed":
        return
    for address in (handle, url):
        host = urlsplit(address if "//" in address else f"//{address}").hostname or ""
        domain = host.removeprefix("www.")
        # Where anybody may have a site, an address of that domain is anybody's.
        if "." in domain and domain not in SHARED:
            yield f"domain:{domain}"


def _kept_for(
    unit: Unit | None, document: Document
) -> tuple[list[findings.Window], list[findings.Narrative]]:
    """Election windows and narratives that the texts may hold, in one query: every page of a post
    asks for both."""
    windows = (
        ElectionWindow.objects.filter(_of_unit_or_above(unit), withdrawn_at=None)
        .annotate(what=Value("window"), lines=Cast("words", ArrayField(TextField())))
        .values_list("what", "pk", "name", "starts_on", "ends_on", "citation", "lines")
    )
    texts = Value(bank.plain_of("\n".join([document.text, *document.texts.values()])))
    over = Case(
        When(Q(withdrawn_at__isnull=False) | Q(replaced_by__isnull=False), then=Value("over")),
        default=Value(""),
    )
    narratives = (
        BankText.objects.filter(_of_unit_or_above(unit), kind=BankText.Kind.NARRATIVE)
        .alias(at=StrIndex(texts, F("mark")))
        .filter(at__gt=0)
        .annotate(what=Value("narrative"), over=over, lines=_Array(F("text")))
        .values_list("what", "pk", "title", "valid_from", "valid_until", "over", "lines")
    )
    rows = sorted(windows.union(narratives, all=True), key=lambda row: (row[3], row[1]))
    return (
        [
            findings.Window(name=name, starts_on=begins, ends_on=ends, citation=said, words=lines)
            for what, _pk, name, begins, ends, said, lines in rows
            if what == "window"
        ],
        [
            findings.Narrative(
                title=name, valid_from=begins, valid_until=ends, is_over=bool(said), text=lines[0]
            )
            for what, _pk, name, begins, ends, said, lines in rows
            if what == "narrative"
        ],
    )


def _links(document: Document) -> dict[str, str]:
    addresses = findings.links_of(document)
    if not addresses:
        return {}
    rows = LinkCheck.objects.filter(
        digest__in=[digest_of_link(one) for one in addresses],
        state__in=[LinkCheck.State.DEAD, LinkCheck.State.SLOW],
    )
    return {row.address: row.state for row in rows}


def digest_of_link(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()
