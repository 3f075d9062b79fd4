"""The mark in the addresses of pages that were opened from the review queue, and the time that is
left to decide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from content.desk import address, filters_of, left_before, mark, queue_address
from content.documents import Document
from content.texts_apart import Apart, texts_apart
from govsocial.web.templatetags.ui import badge

register = template.Library()


@register.simple_tag(takes_context=True)
def desk(context: Any, **more: str) -> str:
    """``?from=reviews`` on a page at the review desk, with the filters of the queue, else nothing;
    and what is asked for besides."""
    return mark(context["request"], **more)


@register.simple_tag(takes_context=True)
def desk_queue(context: Any) -> str:
    """The address of the queue, filtered as it was."""
    return queue_address(context["request"])


@register.simple_tag(takes_context=True)
def desk_filters(context: Any) -> str:
    """The filters of the queue as its address has them, for a form; "" for none."""
    return filters_of(context["request"])


@register.simple_tag(takes_context=True)
def desk_post(context: Any, post_id: int) -> str:
    """The address of a post that is opened from the queue."""
    return address(post_id, filters_of(context["request"]))


@register.simple_tag(name="texts_apart")
def texts_apart_of(
    previews: Sequence[dict[str, Any]], shown: int | None, content: Document
) -> Apart:
    """Which accounts get another text than the one shown, and these texts."""
    return texts_apart(previews, shown, content.texts if content else {})


@register.simple_tag
def time_left(planned_at: datetime | None, alone: bool = False) -> SafeString | str:
    """A badge: ``Sisa 9 jam``, ``Lewat 2 jam``; empty without a planned time. ``alone`` where
    nothing beside it says of what."""
    left = left_before(planned_at)
    if left is None:
        return ""
    time = {"time": left.words}
    if left.is_over:
        told = _("Planned time passed %(time)s ago") if alone else _("Overdue by %(time)s")
        return badge(told % time, "bad", "bang")
    told = _("%(time)s left before the planned time") if alone else _("%(time)s left")
    return badge(told % time, "watch" if left.is_soon else "", "clock")
