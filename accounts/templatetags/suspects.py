"""What a report is about, and where it stands, in the words for a thing of its kind."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from accounts.models import ImpersonationReport
from accounts.models.impersonation import ReportStatus
from accounts.suspect_words import kind_of, words_for
from govsocial.web.templatetags.ui import badge

register = template.Library()

_STATUS = {
    ReportStatus.NEW: ("bad", "bang"),
    ReportStatus.CHECKING: ("note", "arrow"),
    ReportStatus.REPORTED: ("watch", "clock"),
    ReportStatus.TAKEN_DOWN: ("good", "check"),
    ReportStatus.REFUSED: ("bad", "cross"),
    ReportStatus.NOT_IMITATION: ("", "square"),
    ReportStatus.DISMISSED: ("", "square"),
}


@register.filter
def suspect_kind(report: ImpersonationReport) -> str:
    return kind_of(report)


@register.simple_tag
def report_status(report: ImpersonationReport) -> SafeString:
    tone, shape = _STATUS[ReportStatus(report.status)]
    return badge(words_for(report).status(report.status), tone, shape)
