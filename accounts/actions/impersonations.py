"""The writes about accounts that imitate official ones: reports, steps and remarks."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts import suspect_words
from accounts.actions.guards import hold, hold_rights
from accounts.actions.impersonation_assignments import tell_assigned, tell_named
from accounts.actions.impersonation_reporters import (
    locked_report,
    require_follow_up,
    require_remark,
)
from accounts.documents import keep_document
from accounts.errors import AccountError, is_taken
from accounts.events import (
    IMPERSONATION_CLAIMED,
    IMPERSONATION_MOVED,
    IMPERSONATION_NOTED,
    IMPERSONATION_REPORTED,
)
from accounts.file_names import told_name
from accounts.handles import BY_ADDRESS
from accounts.impersonation_stages import STAGES
from accounts.models import (
    ImpersonationEvidence,
    ImpersonationNote,
    ImpersonationReport,
    ImpersonationStatement,
    OfficialAccount,
    PublicListing,
    Unit,
    User,
)
from accounts.models.impersonation import OPEN, SETTLED, ReportStatus
from accounts.names import one_line, several_lines
from accounts.public.checking import is_official, resembled
from accounts.public.register import register
from accounts.suspects import Suspect, code_digest, read_suspect
from govsocial.audit.actions import record
from govsocial.audit.events import phrases

MOST_FILES = 5
# What the trail keeps, as message ids: each reader gets them in their language.
_CHANNELS = {
    "public": gettext_noop("A report came in from the public"),
    "staff": gettext_noop("A report was noted by staff"),
}
_FURTHER = {
    "public": gettext_noop("A further report came in from the public"),
    "staff": gettext_noop("A further report was noted by staff"),
}
phrases(*_CHANNELS.values(), *_FURTHER.values())
phrases(*(stage.name for stage in STAGES.values()))
phrases(*(one for words in suspect_words.EVERY for one in words.trail_ids))
# Without letters and digits that are read for one another.
_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True, slots=True)
class Received:
    """A report that came in. ``code`` opens the reporter's status page and is kept nowhere."""

    report: ImpersonationReport
    statement: ImpersonationStatement
    code: str
    joined: bool


class AlreadyReceived(Exception):
    """This very report came in before: its form was sent twice."""


def reported(suspect: str, platform: str) -> Suspect:
    """What a report is about. Raises ``AccountError`` for an account that is official itself, and
    for what names no account or several."""
    read = read_suspect(suspect, platform)
    official = is_official(register.now().snapshot, read.reference)
    if official is not None:
        words = _("This account is official: %(account)s, of %(unit)s.")
        if official.platform in BY_ADDRESS:
            words = _("This website is official: %(account)s, of %(unit)s.")
        told = {"account": official.shown, "unit": official.unit.name}
        raise AccountError(words % told, field="suspect")
    return read


@transaction.atomic
def report_impersonation(
    *,
    actor: User,
    channel: str,
    suspect: str,
    platform: str,
    imitated: str,
    happened: str,
    reporter_name: str = "",
    reporter_email: str = "",
    evidence: Sequence[tuple[str, bytes]] = (),
    code: str = "",
) -> Received:
    """Take in a report from the public (``actor`` is the system) or from staff.

    A report about a suspect that is being looked into joins what is there. ``imitated`` is the
    public code of an official account, or empty. ``code`` will open its status page; without one it
    gets one. Raises ``AccountError`` for an account that is official itself, for what names no
    account, and for files that are no evidence; ``AlreadyReceived`` where a report has this code.
    """
    code = code or secrets.token_urlsafe(18)
    _require_new(code)
    is_staff = channel == ImpersonationStatement.Channel.STAFF
    read = reported(suspect, platform)
    claimed = _imitated(imitated)
    report, joined = _case(actor, read, claimed)
    statement = ImpersonationStatement.objects.create(
        report=report,
        channel=channel,
        reported_by=actor if is_staff else None,
        suspect_typed=suspect.replace("\0", ""),
        imitated=claimed,
        happened=_text(happened, "happened"),
        reporter_name=one_line(reporter_name, "reporter_name"),
        reporter_email=reporter_email,
        code_sha256=code_digest(code),
    )
    _keep_evidence(statement, evidence)
    record(
        IMPERSONATION_REPORTED,
        actor=actor,
        target=report,
        channel=(_FURTHER if joined else _CHANNELS)[channel],
        joined=joined,
        files=len(evidence),
    )
    return Received(report, statement, code, joined)


def _require_new(code: str) -> None:
    if is_received(code):
        raise AlreadyReceived


@transaction.atomic
def is_received(code: str) -> bool:
    """Whether a report has this code. One that is being taken in is waited for."""
    digest = code_digest(code)
    hold(f"report {digest}")
    return ImpersonationStatement.objects.filter(code_sha256=digest).exists()


def _keep_evidence(
    statement: ImpersonationStatement, evidence: Sequence[tuple[str, bytes]]
) -> None:
    if len(evidence) > MOST_FILES:
        raise AccountError(
            _("Choose at most %(number)s files.") % {"number": MOST_FILES}, field="evidence"
        )
    for name, data in evidence:
        try:
            document = keep_document(data, name, by=statement.reported_by, field="evidence")
        except AccountError as exc:
            raise AccountError(f"{told_name(name)}: {exc}", field=exc.field) from exc
        ImpersonationEvidence.objects.create(statement=statement, document=document)


def _imitated(code: str) -> OfficialAccount | None:
    if not code:
        return None
    listing = PublicListing.objects.filter(code=code).select_related("official_account").first()
    if listing is None:
        raise AccountError(_("Choose an account of the list."), field="imitated")
    account: OfficialAccount = listing.official_account
    return account


def _case(
    actor: User, suspect: Suspect, imitated: OfficialAccount | None
) -> tuple[ImpersonationReport, bool]:
    """The open report about ``suspect``, locked, or a new one; and whether it was there."""
    if report := _open_about(suspect.key):
        return _joined(actor, report, imitated), True
    resembled_unit = _unit_resembled(suspect)
    unit = imitated.unit if imitated else resembled_unit or _top()
    try:
        with transaction.atomic():
            made = ImpersonationReport.objects.create(
                official_account=imitated,
                unit=unit,
                resembled_unit=resembled_unit,
                reference=_reference(),
                platform=suspect.platform,
                suspect=suspect.shown,
                suspect_key=suspect.key,
            )
    except IntegrityError:
        # Somebody reported it in between, and has committed now.
        report = _open_about(suspect.key)
        if report is None:
            raise
        return _joined(actor, report, imitated), True
    return made, False


def _joined(
    actor: User, report: ImpersonationReport, imitated: OfficialAccount | None
) -> ImpersonationReport:
    """The open report, with what a further one knows: where nobody in particular is concerned yet,
    its account and with it the unit.

    Anybody may send a further one: what somebody looks into, or is another unit's, stays where it
    is and with them. What was claimed is noted and kept with the statement, and lets the unit of
    that account see it. Where it moves, the unit that had it stays in charge until it agrees.
    """
    if imitated is None or imitated.pk == report.official_account_id:
        return report
    is_free = report.official_account_id is None and report.status == ReportStatus.NEW
    if not is_free or (report.unit.parent_id is not None and report.unit_id != imitated.unit_id):
        if not report.statements.filter(imitated=imitated).exists():
            record(IMPERSONATION_CLAIMED, actor=actor, target=report, account=str(imitated))
        return report
    may_say_so, had_it = actor.may("impersonation.handle", report.unit_id), report.charge_id
    if report.unit_id != imitated.unit_id and not may_say_so:
        report.claimed_from = report.unit
    report.official_account, report.unit = imitated, imitated.unit
    before = report.assigned_to
    if before is not None and not before.may("impersonation.handle", imitated.unit_id):
        report.assigned_to = None
    report.save(update_fields=["official_account", "unit", "claimed_from", "assigned_to"])
    if not may_say_so:
        tell_named(actor, report)
    if may_say_so or report.assigned_to != before:
        tell_assigned(actor, report, had_it)
    return report


def _unit_resembled(suspect: Suspect) -> Unit | None:
    """The one unit whose accounts ``suspect`` resembles; None for none or several."""
    similar = resembled(register.now().snapshot, suspect.reference)
    codes = [one.code for one in similar]
    units = Unit.objects.filter(official_accounts__listing__code__in=codes).distinct()
    found: list[Unit] = list(units[:2])
    return found[0] if len(found) == 1 else None


def _top() -> Unit:
    """Who looks into what concerns no unit in particular."""
    top: Unit | None = Unit.objects.filter(parent=None).order_by("pk").first()
    if top is None:
        raise AccountError(_("The agency is not set up yet."))
    return top


def _open_about(key: str) -> ImpersonationReport | None:
    reports = ImpersonationReport.objects.select_for_update(of=("self",))
    return reports.filter(suspect_key=key, status__in=OPEN).first()


def _reference() -> str:
    return "TR-" + "".join(secrets.choice(_LETTERS) for _number in range(8))


def needs_reason(report: ImpersonationReport, status: str) -> bool:
    """Whether a step must be reasoned: all but the first look, before which nothing was seen."""
    return not (report.status == ReportStatus.NEW and status == ReportStatus.CHECKING)


@transaction.atomic
def move_report(
    *, actor: User, report_id: int, status: str, reason: str, ticket: str = ""
) -> ImpersonationReport:
    """Take a report one step on, with the reason (see ``needs_reason``).

    ``ticket``: the platform's number of it.
    """
    report = locked_report(report_id)
    hold_rights(actor)
    require_follow_up(actor, report)
    before, words = report.status, suspect_words.words_for(report)
    if status not in report.moves:
        raise AccountError(_("This step is not possible from where the report is now."))
    optional = not needs_reason(report, status)
    reason = several_lines(reason, "reason", optional=optional)[:2000]
    ticket = one_line(ticket, "ticket")[:120]
    now = timezone.now()
    report.status = status
    report.settled_at = now if status in SETTLED else None
    if status == ReportStatus.CHECKING:
        report.checking_at = now
        report.assigned_to = report.assigned_to or actor
    if status == ReportStatus.REPORTED:
        report.reported_at, report.ticket = now, ticket or report.ticket
    _save_step(report, words)
    ImpersonationNote.objects.create(report=report, author=actor, status=status, text=reason)
    record(
        IMPERSONATION_MOVED,
        actor=actor,
        target=report,
        from_status=words.status_id(before),
        to_status=words.status_id(status),
        ticket=report.ticket,
    )
    return report


def _save_step(report: ImpersonationReport, words: suspect_words.Words) -> None:
    try:
        with transaction.atomic():
            report.save(
                update_fields=[
                    "status", "settled_at", "checking_at", "assigned_to", "reported_at", "ticket",
                ]
            )  # fmt: skip
    except IntegrityError as exc:
        if not is_taken(exc):
            raise
        trouble = words.said(_("Another report about this %(noun)s is open already."))
        raise AccountError(trouble) from exc


@transaction.atomic
def note_on_report(*, actor: User, report_id: int, text: str) -> ImpersonationNote:
    """Add a remark that stays as it is."""
    report = locked_report(report_id)
    hold_rights(actor)
    require_remark(actor, report)
    note = ImpersonationNote.objects.create(report=report, author=actor, text=_text(text, "text"))
    record(IMPERSONATION_NOTED, actor=actor, target=report)
    return note


def _text(typed: str, field: str) -> str:
    return several_lines(typed, field)[:2000]
