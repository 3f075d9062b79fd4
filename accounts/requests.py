from __future__ import annotations

from typing import cast

from django.http import HttpRequest

from accounts.models import User


def person(request: HttpRequest) -> User:
    """The signed-in person. Only for views behind ``requires``, which keeps strangers out."""
    return cast(User, request.user)
