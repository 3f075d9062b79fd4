"""What everybody may see: the own profile, and which role may do what."""

from __future__ import annotations

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import actions, selectors
from accounts.capabilities import CAPABILITIES, ROLE_CAPABILITIES, Role
from accounts.forms import ProfileForm
from accounts.requests import attempt, person
from govsocial.web.methods import require_form
from govsocial.web.permissions import requires


@require_form
@requires("home.view")
def profile_edit(request: HttpRequest) -> HttpResponse:
    user = person(request)
    initial = {name: getattr(user, name) for name in ProfileForm.base_fields}
    form = ProfileForm(request.POST or None, initial=initial)
    saved = attempt(form, lambda: actions.change_profile(actor=user, **form.cleaned_data))
    if saved is None:
        context = {
            "form": form,
            "grants": selectors.own_grants(user),
            "has_second_step": is_mfa_enabled(user),
            "may_manage_people": user.holds("people.manage"),
        }
        status = 422 if form.errors else 200
        return render(request, "accounts/profile_edit.html", context, status=status)
    with translation.override(saved.language):
        messages.success(request, _("Your profile is saved."))
    return redirect("people:profile_edit")


@requires("home.view")
def email_closed(request: HttpRequest) -> HttpResponse:
    """Stand in for the page of addresses of the sign-in library.

    A person is known by the address that an administrator entered; nobody changes it alone.
    """
    return redirect("people:profile_edit")


@require_safe
@requires("home.view")
def role_table(request: HttpRequest) -> HttpResponse:
    rows = [
        {
            "right": words,
            "allowed": [role.label for role in Role if name in ROLE_CAPABILITIES[role]],
            "refused": [role.label for role in Role if name not in ROLE_CAPABILITIES[role]],
        }
        for name, words in CAPABILITIES.items()
    ]
    context = {
        "rows": rows,
        "may_manage_people": person(request).holds("people.manage"),
    }
    return render(request, "accounts/role_table.html", context)
