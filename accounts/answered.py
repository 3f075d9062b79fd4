"""What the last answers about an account say, for somebody who was shown older ones."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import Attestation


def answered_since(last: Attestation | None) -> str:
    """Why answers that were shown cannot be taken for the last ones."""
    if last is None:
        return _("This page is out of date. Look at the account again.")
    return _(
        "%(person)s has answered since you opened this page: %(answers)s. Yours are not kept "
        "yet: save again to put them in the place of those."
    ) % {"person": last.confirmed_by, "answers": _in_words(last)}


def _in_words(row: Attestation) -> str:
    noes = [_("“%(question)s” No") % {"question": question.label} for question in row.noes]
    return "; ".join([*noes, row.problem]) if noes else _("yes to all four questions")
