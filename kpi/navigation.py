from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest
from django.urls import reverse

from accounts.requests import person
from govsocial.web.navigation import Entry


def entries(request: HttpRequest) -> Iterable[Entry]:
    """Places of measuring. Nothing waits here for a person."""
    if person(request).holds("kpi.view"):
        yield Entry(key="kpi", url=reverse("kpi:account_list"))
