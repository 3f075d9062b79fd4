"""What pages say of films, and the way back from the library to the composer."""

from __future__ import annotations

from django import template

from content.composing import described
from content.pages.media import length_of

register = template.Library()
register.filter("film_length", length_of)
register.filter("described", described)
