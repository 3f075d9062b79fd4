"""Beranda: what waits for this person. Each app provides its cards; this module knows no app.

``settings.HOME_CARDS`` lists dotted names of providers: callables that take the request and yield
the cards that this person gets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from govsocial.web.permissions import requires


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One card: a template, what it needs, its place and how many things in it wait; and, where it
    has what must be found in a hurry, ``head_url`` and ``head_label`` of a button at the head of
    the page."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    waiting: int = 0
    order: int = 50
    aside: bool = False
    head_url: str = ""
    head_label: str = ""


Provider = Callable[[HttpRequest], Iterable[Card]]


@require_safe
@requires("home.view")
def home(request: HttpRequest) -> HttpResponse:
    """Greet, say how much waits, and show the cards of this person."""
    cards: list[Card] = []
    for dotted in settings.HOME_CARDS:
        provider: Provider = import_string(dotted)
        cards.extend(provider(request))
    cards.sort(key=lambda card: card.order)
    return render(
        request,
        "web/home.html",
        {
            "greeting": _greeting(),
            "first_name": str(request.user).split()[0],
            "main_cards": [card for card in cards if not card.aside],
            "aside_cards": [card for card in cards if card.aside],
            "waiting": sum(card.waiting for card in cards),
            "now": timezone.now(),
        },
    )


def _greeting() -> str:
    """Indonesian day parts: pagi to 11, siang to 15, sore to 18, then malam."""
    hour = timezone.localtime().hour
    if hour < 11:
        return _("Good morning")
    if hour < 15:
        return pgettext("noon", "Good afternoon")
    return _("Good afternoon") if hour < 18 else _("Good evening")
