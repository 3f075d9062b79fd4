"""What findings say of moments and of other posts."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import override

from content.finding_rules.around import Twin
from govsocial.web.templatetags.formats import moment


def sentence_of_end(end: datetime, language: str) -> str:
    """For the readers of the post, whatever language its writer reads this system in."""
    with override("en" if language.startswith("en") else "id"):
        return _("Holds until %(moment)s.") % {"moment": moment(end, end.tzinfo)}


def no_end(sentence: str) -> str:
    return _("Readers are not told until when this holds. Add for example: “%(sentence)s”") % {
        "sentence": sentence
    }


def other_end(said: str, end: datetime) -> str:
    return _(
        "The text says “%(said)s”, the field “Valid until” says %(moment)s. Let both say the same."
    ) % {"said": said, "moment": moment(end, end.tzinfo)}


def twin(one: Twin, at: datetime) -> str:
    """Where the same text is already; ``at`` gives the zone of the reader."""
    return _twin(one) % {
        "accounts": ", ".join(one.accounts),
        "moment": moment(one.at, at.tzinfo),
    }


def _twin(one: Twin) -> str:
    if one.is_out:
        return _("The same text is out already on %(accounts)s, since %(moment)s.")
    if one.is_in_review and one.at is None:
        return _("The same text is being reviewed for %(accounts)s.")
    if one.is_in_review:
        return _("The same text is being reviewed for %(accounts)s, planned for %(moment)s.")
    if one.at is None:
        return _("The same text waits already to go out on %(accounts)s.")
    return _("The same text waits already to go out on %(accounts)s: %(moment)s.")
