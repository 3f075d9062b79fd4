from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts import actions, selectors
from accounts.actions.grants import end_problem
from accounts.errors import AccountError
from accounts.filters import PersonFilter
from accounts.forms import GrantForm, InvitationForm
from accounts.grant_words import in_full
from accounts.leaving import left_by_ending
from accounts.models import Grant, User
from accounts.models.people import grants_not_over
from accounts.requests import attempt, person
from accounts.selectors_handover import duties_of
from govsocial.web.forms import ReasonForm
from govsocial.web.htmx import page_or_fragment
from govsocial.web.lists import chips, page_of, sorted_by
from govsocial.web.methods import require_form
from govsocial.web.permissions import requires

SORTS = {"name": "full_name", "email": "email", "since": "date_joined", "seen": "last_login"}


def _person(request: HttpRequest, user_id: int) -> User:
    return get_object_or_404(selectors.people_visible_to(person(request)), pk=user_id)


def _grant(request: HttpRequest, grant_id: int) -> Grant:
    grants = selectors.grants_visible_to(person(request))
    return get_object_or_404(grants, pk=grant_id)


@require_safe
@requires("people.manage")
@vary_on_headers("HX-Request")
def user_list(request: HttpRequest) -> HttpResponse:
    user = person(request)
    filters = PersonFilter(request.GET, queryset=selectors.people_visible_to(user), user=user)
    people = selectors.with_grants_not_over(sorted_by(filters.qs, request, SORTS, "name"))
    context = {
        "form": filters.form,
        "chips": chips(filters),
        "page": page_of(people, request),
    }
    return render(request, page_or_fragment(request, "accounts/user_list.html"), context)


@require_safe
@requires("people.manage")
def user_detail(request: HttpRequest, user_id: int) -> HttpResponse:
    shown = _person(request, user_id)
    context = {
        "person": shown,
        "grants": selectors.grants_of(shown, seen_by=person(request)),
        "history": selectors.history_of_person(shown, seen_by=person(request)),
        "is_me": shown == request.user,
        "is_over": shown != request.user and selectors.is_over(person(request), shown),
    }
    return render(request, "accounts/user_detail.html", context)


@require_form
@requires("people.manage")
def user_invite(request: HttpRequest) -> HttpResponse:
    user = person(request)
    form = InvitationForm(request.POST or None, user=user)
    invited = attempt(
        form,
        lambda: actions.invite_user(
            actor=user, unit_id=form.cleaned_data.pop("unit").pk, **form.cleaned_data
        ),
    )
    if invited is None:
        status = 422 if form.errors else 200
        return render(request, "accounts/user_invite.html", {"form": form}, status=status)
    messages.success(
        request, _("%(person)s is invited: a link is on its way.") % {"person": invited}
    )
    return redirect("people:user_detail", invited.pk)


@require_POST
@requires("people.manage")
def user_invite_again(request: HttpRequest, user_id: int) -> HttpResponse:
    invited = _person(request, user_id)
    try:
        actions.send_invitation_again(actor=person(request), user_id=invited.pk)
    except AccountError as exc:
        messages.error(request, str(exc))
    else:
        messages.success(request, _("A new link is on its way."))
    return redirect("people:user_detail", invited.pk)


@require_form
@requires("people.manage")
def grant_add(request: HttpRequest, user_id: int) -> HttpResponse:
    user, shown = person(request), _person(request, user_id)
    form = GrantForm(request.POST or None, user=user, person=shown)
    given = attempt(form, lambda: _give(user, shown, form))
    if given is None:
        status = 422 if form.errors else 200
        context = {"form": form, "person": shown}
        return render(request, "accounts/grant_add.html", context, status=status)
    messages.success(request, _("The role is given: %(grant)s.") % {"grant": in_full(given)})
    return redirect("people:user_detail", shown.pk)


def _give(user: User, shown: User, form: GrantForm) -> Grant:
    data = form.cleaned_data
    principal: User | None = data["on_behalf_of"]
    return actions.grant_role(
        actor=user,
        user_id=shown.pk,
        role=data["role"],
        unit_id=data["unit"].pk,
        starts_at=data["starts_at"],
        ends_at=data["ends_at"],
        decree=data["decree"],
        on_behalf_of_id=principal.pk if principal else None,
    )


@require_form
@requires("people.manage")
def grant_end(request: HttpRequest, grant_id: int) -> HttpResponse:
    grant, form = _grant(request, grant_id), ReasonForm(request.POST or None)
    ended = attempt(
        form,
        lambda: actions.end_grant(actor=person(request), grant_id=grant.pk, **form.cleaned_data),
    )
    if ended is None:
        return _end_page(request, form, grant)
    messages.success(request, _("The role is ended: %(grant)s.") % {"grant": in_full(ended)})
    return redirect("people:user_detail", grant.user_id)


def _end_page(request: HttpRequest, form: ReasonForm, grant: Grant) -> HttpResponse:
    """What is over is not asked about: the page says so before a reason is typed."""
    context: dict[str, object] = {"form": form, "grant": grant, "person": grant.user}
    context["problem"] = end_problem(grant)
    if not context["problem"]:
        context["left"] = left_by_ending(grant, seen_by=person(request))
        context["standing_in"] = selectors.standing_in_for(grant)
    name = "stands" if context["problem"] else "end"
    status = 422 if form.is_bound else 200
    return render(request, f"accounts/grant_{name}.html", context, status=status)


@require_form
@requires("people.manage")
def user_deactivate(request: HttpRequest, user_id: int) -> HttpResponse:
    shown, form = _person(request, user_id), ReasonForm(request.POST or None)
    done = attempt(
        form,
        lambda: actions.deactivate_user(
            actor=person(request), user_id=shown.pk, **form.cleaned_data
        ),
    )
    if done is None:
        return _state_page(request, form, shown, deactivates=True)
    messages.success(request, _("%(person)s is deactivated.") % {"person": shown})
    return redirect("people:user_detail", shown.pk)


@require_form
@requires("people.manage")
def user_reactivate(request: HttpRequest, user_id: int) -> HttpResponse:
    shown, form = _person(request, user_id), ReasonForm(request.POST or None)
    done = attempt(
        form,
        lambda: actions.reactivate_user(
            actor=person(request), user_id=shown.pk, **form.cleaned_data
        ),
    )
    if done is None:
        return _state_page(request, form, shown, deactivates=False)
    messages.success(request, _("%(person)s is active again.") % {"person": shown})
    return redirect("people:user_detail", shown.pk)


def _state_page(
    request: HttpRequest, form: ReasonForm, shown: User, *, deactivates: bool
) -> HttpResponse:
    if not selectors.is_over(person(request), shown):
        raise PermissionDenied
    grants = selectors.grants_of(shown, seen_by=person(request)).filter(grants_not_over())
    context = {"form": form, "person": shown, "grants": grants, "deactivates": deactivates}
    if deactivates:
        context["duties"] = duties_of(shown, seen_by=person(request))
    status = 422 if form.errors else 200
    return render(request, "accounts/user_state.html", context, status=status)
