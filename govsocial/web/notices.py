"""What every page says before its content, because it holds whatever one came to do.

``settings.PAGE_NOTICES`` lists dotted names of providers: callables that take the request and yield
notices. Every page asks them, so they ask the database only where there is something to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One notice, as ``components/notice.html`` takes it."""

    title: str
    text: str
    url: str = ""
    action: str = ""
    tone: str = "watch"


Provider = Callable[[HttpRequest], Iterable[Notice]]


def of_page(request: HttpRequest) -> list[Notice]:
    found: list[Notice] = []
    for dotted in settings.PAGE_NOTICES:
        provider: Provider = import_string(dotted)
        found.extend(provider(request))
    return found
