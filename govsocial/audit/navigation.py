from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from django.http import HttpRequest
from django.urls import reverse

from govsocial.web.navigation import Entry


def entries(request: HttpRequest) -> Iterator[Entry]:
    if cast(Any, request.user).holds("audit.view"):
        yield Entry(key="audit", url=reverse("audit:entry_list"))
