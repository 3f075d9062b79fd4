"""What a submission still lacks, from the accounts to the justification of what was found."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import OfficialAccount, Unit
from content.actions.outgoing import recipient
from content.actions.settling import refuse_not_in_use
from content.checklist import missing_declarations
from content.declaring import declared_of_another_text
from content.documents import Document, Recipient
from content.errors import ContentError
from content.facets import missing_facets
from content.findings import unjustified
from content.media_at_the_gate import incomplete
from content.models import MediaFile, Post
from content.preflight import problems_of
from content.selectors.posts import PUBLISHED_TO
from content.surroundings import findings_of


def missing_from(
    document: Document, unit: Unit, post: Post | None = None
) -> Iterator[ContentError]:
    """Everything that keeps this document of a unit from being submitted, in the form's order."""
    if not document.texts:
        yield ContentError(_("Choose at least one official account."), field="accounts")
    yield from _of_accounts(document)
    for medium in incomplete(document, unit):
        for sentence in medium.sentences:
            told = f"{medium.name}: {sentence}"
            yield ContentError(told, field=medium.field, url=medium.url)
    yield from _of_times(document)
    yield from missing_facets(document.facets)
    yield from missing_declarations(document, declared_of_another_text(document, post))
    for one in unjustified(document, findings_of(document, unit, post)):
        shown = f"“{one.excerpt}”." if one.excerpt else ""
        mend = _("Change it, or say why it may stand.") if one.may_stand else _("Add it.")
        told = " ".join(part for part in (one.message, shown, mend) if part)
        field = f"why_{one.key}" if one.may_stand else one.field
        short = one.in_words
        if one.adding:
            short += ": " + _("add “%(sentence)s”") % {"sentence": one.adding}
        yield ContentError(told, field=field, short=short)


def _of_accounts(document: Document) -> Iterator[ContentError]:
    rows = OfficialAccount.objects.select_related("credential")
    accounts = rows.in_bulk(document.texts.keys())
    for account_id in document.texts:
        account = accounts[account_id]
        obstacle = _obstacle(account, document.recipients.get(account_id))
        if obstacle is not None:
            yield obstacle
            continue
        if not _is_ready(document, account_id):
            yield ContentError(
                _(
                    "What goes out on %(account)s is not ready yet: it is made when the post is "
                    "saved. Save the post again."
                )
                % {"account": account},
                field="images",
            )
            continue
        for problem in problems_of(account, document.sent_to(account_id), document.film):
            yield ContentError(problem.message, field=problem.field)


def _is_ready(document: Document, account_id: int) -> bool:
    """Whether what is sent there was made, and its files are still where they were put."""
    sent = document.prepared.get(account_id)
    if sent is None:
        return False
    files = [*sent.images, *([document.film] if document.film else [])]
    return all(MediaFile(sha256=one.sha256).path.exists() for one in files)


def _obstacle(account: OfficialAccount, written: Recipient | None) -> ContentError | None:
    if written is not None and written != recipient(account):
        return ContentError(
            _("%(account)s was changed since this version was written. Save the post again.")
            % {"account": account},
            field="accounts",
        )
    try:
        refuse_not_in_use(account, field="accounts")
    except ContentError as exc:
        return exc
    if account.platform not in PUBLISHED_TO:
        return ContentError(
            _("%(account)s is kept by hand: posts are not sent there from here.")
            % {"account": account},
            field="accounts",
        )
    return None


def _of_times(document: Document) -> Iterator[ContentError]:
    now = timezone.now()
    if document.planned_at and document.planned_at <= now:
        yield ContentError(
            _("The planned time has passed. Choose a later time, or leave it empty."),
            field="planned_at",
        )
    if document.is_emergency and document.planned_at:
        yield ContentError(
            _("An emergency notice goes out as soon as it is approved. Leave the time empty."),
            field="planned_at",
        )
    ends = document.valid_until
    if document.is_emergency and ends is None:
        yield ContentError(
            _("Say until when the emergency notice holds, and write the same hour in the text."),
            field="valid_until",
        )
    if ends and ends <= max(document.planned_at or now, now):
        yield ContentError(
            _("It would no longer hold when it goes out. Choose a later end."), field="valid_until"
        )
