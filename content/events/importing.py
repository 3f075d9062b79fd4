"""What an import of drafts writes to the trail; each draft has its own entry besides."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from govsocial.audit.events import event

DRAFTS_IMPORTED = event(
    "content.post.imported",
    "unit",
    "file_sha256",
    "posts",
    label=_("Drafts imported"),
    sentence=_("%(actor)s made %(posts)s drafts of %(unit)s from %(target)s."),
)
