"""What views take from a request."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from django import forms
from django.http import HttpRequest

from accounts.errors import AccountChanged, AccountError
from accounts.feed_questions import FeedUnconfirmed
from accounts.models import User

Result = TypeVar("Result")


def person(request: HttpRequest) -> User:
    """The signed-in user. Only for views that a capability guards: those have one."""
    return cast(User, request.user)


def attempt(form: forms.Form, act: Callable[[], Result]) -> Result | None:
    """Run ``act`` on a valid form. A refusal becomes an error beside its field, and None.

    ``AccountChanged`` and ``FeedUnconfirmed`` go on to the caller, who has something new to show.
    """
    if not form.is_valid():
        return None
    try:
        return act()
    except (AccountChanged, FeedUnconfirmed):
        raise
    except AccountError as exc:
        form.add_error(exc.field if exc.field in form.fields else None, str(exc))
        return None
