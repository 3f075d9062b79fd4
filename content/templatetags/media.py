"""What pages say of films."""

from __future__ import annotations

from django import template

from content.pages_media import length_of

register = template.Library()
register.filter("film_length", length_of)
