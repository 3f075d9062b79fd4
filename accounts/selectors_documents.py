"""The files that prove what the register says about an account, or once proved it."""

from __future__ import annotations

from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce

from accounts.events import ADMINISTRATOR_ASSIGNED, ADMINISTRATOR_ENDED, DECREE_KEPT
from accounts.models import Administrator, Document, HandoverScan, OfficialAccount
from govsocial.audit.models import Entry

_BROUGHT = [one.name for one in (DECREE_KEPT, ADMINISTRATOR_ASSIGNED, ADMINISTRATOR_ENDED)]


def documents_of(account: OfficialAccount) -> QuerySet[Document]:
    """Whoever sees the account sees its history, and so every file that the history names."""
    scans = HandoverScan.objects.filter(handover__official_account=account).values("document")
    return Document.objects.filter(_proving(account) | Q(pk__in=scans) | _brought(account))


def replaced_documents_of(account: OfficialAccount) -> list[Document]:
    """Decrees and minutes in whose place the register has others now, each once, the last first."""
    now = Document.objects.filter(_proving(account)).values("sha256")
    once = Document.objects.filter(_brought(account)).exclude(sha256__in=now)
    found = once.order_by("sha256", "pk").distinct("sha256")
    return sorted(found, key=lambda one: (one.created_at, one.pk), reverse=True)


def _proving(account: OfficialAccount) -> Q:
    minutes = Administrator.objects.filter(official_account=account, minutes__isnull=False)
    return Q(pk=account.decree_file_id) | Q(pk__in=minutes.values("minutes"))


def _proving_elsewhere(account: OfficialAccount) -> Q:
    this = OuterRef("pk")
    decrees = OfficialAccount.objects.filter(decree_file=this).exclude(pk=account.pk)
    minutes = Administrator.objects.filter(minutes=this).exclude(official_account=account)
    return Q(Exists(decrees)) | Q(Exists(minutes))


def _brought(account: OfficialAccount) -> Q:
    """What the trail says that people brought for this account. One query.

    An entry names bytes, which somebody else may have brought for an account of their own, under
    another name: a file is this account's only where who brought it here did so.
    """
    told = (
        Entry.objects.filter(
            event__in=_BROUGHT,
            target_type=account._meta.label_lower,
            target_id=str(account.pk),
        )
        .order_by()
        .annotate(digest=Coalesce(KT("data__file_sha256"), KT("data__minutes_sha256")))
        .exclude(digest=None)
        .values_list("digest", "actor_id", KT("data__file_name"))
        .distinct()
    )
    brought = [
        Q(sha256=digest, uploaded_by=actor) & (Q(name=name) if name else Q())
        for digest, actor, name in told
    ]
    return reduce(or_, brought) & ~_proving_elsewhere(account) if brought else Q(pk__in=[])
