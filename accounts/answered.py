"""What somebody is told who was shown older answers about an account, or an older period."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import Attestation, AttestationPeriod


def answered_since(last: Attestation | None) -> str:
    """Why answers that were shown cannot be taken for the last ones."""
    if last is None:
        return _("This page is out of date. Look at the account again.")
    return _(
        "%(person)s has answered since you opened this page: %(answers)s. Yours are not kept "
        "yet: save again to put them in the place of those."
    ) % {"person": last.confirmed_by, "answers": _in_words(last)}


def asked_since(shown: int | None, now: AttestationPeriod) -> str:
    """Why answers that were given for the period with the id ``shown`` are none for ``now``, the
    current one; empty where it is the same. None: no period was shown."""
    if shown == now.pk:
        return ""
    if shown is not None and not AttestationPeriod.objects.filter(pk=shown).exists():
        return _("This period has been withdrawn.")
    return just_begun(now)


def just_begun(period: AttestationPeriod) -> str:
    return _("%(period)s has just begun. Look at the questions again and answer them for it.") % {
        "period": period.name
    }


def _in_words(row: Attestation) -> str:
    noes = [_("“%(question)s” No") % {"question": question.label} for question in row.noes]
    return "; ".join([*noes, row.problem]) if noes else _("yes to all four questions")
