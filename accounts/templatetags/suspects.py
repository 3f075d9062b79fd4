"""What a report is about, and where it stands, in the words for a thing of its kind."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from accounts.impersonation_stages import STAGES
from accounts.models import ImpersonationReport
from accounts.suspect_words import kind_of, words_for
from govsocial.web.templatetags.ui import badge

register = template.Library()


@register.filter
def suspect_kind(report: ImpersonationReport) -> str:
    return kind_of(report)


@register.simple_tag
def report_status(report: ImpersonationReport) -> SafeString:
    stage = STAGES[report.status]
    return badge(words_for(report).status(report.status), stage.tone, stage.shape)
