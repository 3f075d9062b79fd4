"""When a post was taken back that another one corrects or updates."""

from __future__ import annotations

from datetime import datetime

from django import template

from content.models import Post
from content.taken_back import taken_back_at

register = template.Library()


@register.filter
def withdrawn_at(post: Post | None) -> datetime | None:
    """None while something of it is out, and for none. No query where the page has read it."""
    if post is None or post.status != Post.Status.WITHDRAWN:
        return None
    return getattr(post, "taken_back_at", None) or taken_back_at(post)
