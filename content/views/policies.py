from __future__ import annotations

from collections.abc import Iterator

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.requests import person
from accounts.selectors import units_visible_to
from content import actions
from content.errors import ContentError, PolicyChanged
from content.filters.policies import PolicyFilter, UnitPolicyFilter
from content.forms.policies import AskForm, PolicyForm
from content.models import ApprovalPolicy
from content.pages import policy as policy_pages
from content.selectors import policies as selectors_policies
from govsocial.web.forms import ReasonForm
from govsocial.web.htmx import page_or_fragment
from govsocial.web.lists import back_to_list, chips, csv_response, page_of, sorted_by
from govsocial.web.methods import require_form
from govsocial.web.ordering import Sorts
from govsocial.web.permissions import requires

SAVE = "save"
UNIT_SORTS: Sorts = {"name": "name"}
SORTS: Sorts = {
    "unit": "unit__name",
    "account": "official_account__display_name",
    "days": "days",
    "start": "starts_at",
    "end": "ends_at",
}


@require_safe
@requires("content.view")
@vary_on_headers("HX-Request")
def policy_list(request: HttpRequest) -> HttpResponse:
    """By unit: the policies of its own and what counts there in the end."""
    user = person(request)
    filters = UnitPolicyFilter(
        request.GET, queryset=units_visible_to(user, "content.view"), user=user
    )
    page = page_of(sorted_by(filters.qs, request, UNIT_SORTS, "name"), request)
    context = {
        "form": filters.form,
        "chips": chips(filters),
        "page": page,
        "rows": selectors_policies.unit_rows(list(page)),
        "configures": user.units_with("content.configure"),
        "tabs": policy_pages.tabs("policy_list"),
    }
    return render(request, page_or_fragment(request, "content/policy_list.html"), context)


@require_safe
@requires("content.view")
@vary_on_headers("HX-Request")
def policy_history(request: HttpRequest) -> HttpResponse:
    """Every policy, in force or ended, with who, when and why."""
    filters = _filters(request)
    rows = sorted_by(filters.qs, request, SORTS, "-start")
    page = page_of(selectors_policies.with_successors(rows), request)
    context = {
        "form": filters.form,
        "chips": chips(filters),
        "page": page,
        "rows": policy_pages.policy_rows(list(page)),
        "configures": person(request).units_with("content.configure"),
        "tabs": policy_pages.tabs("policy_history"),
    }
    return render(request, page_or_fragment(request, "content/policy_history.html"), context)


@require_safe
@requires("content.view")
def policy_export(request: HttpRequest) -> HttpResponseBase:
    """The list as filtered, as CSV."""
    header = [
        _("Unit"), _("Account"), _("Posts"), _("Stages"), _("Days"), _("Remind after (hours)"),
        _("Escalate after (hours)"), _("Reason"), _("Set by"), _("From"), _("Ended by"),
        _("Until"), _("Why it ended"),
    ]  # fmt: skip
    filters = _filters(request)
    if not filters.is_valid():
        return back_to_list(request, "content:policy_history")
    rows = selectors_policies.with_successors(sorted_by(filters.qs, request, SORTS, "-start"))
    actions.record_export(actor=person(request), rows=rows.count(), filters=request.GET.dict())
    return csv_response(_("approval policies"), header, _exported(list(rows)))


def _exported(policies: list[ApprovalPolicy]) -> Iterator[list[object]]:
    for row in policy_pages.policy_rows(policies):
        one = row.policy
        yield [
            one.unit.name, str(one.official_account or ""), row.posts, row.stages, one.days,
            one.remind_after, one.escalate_after, one.reason, str(one.set_by), one.starts_at,
            str(one.ended_by or ""), one.ends_at, row.ended_why,
        ]  # fmt: skip


def _filters(request: HttpRequest) -> PolicyFilter:
    user = person(request)
    rows = selectors_policies.policies_visible_to(user)
    return PolicyFilter(request.GET, queryset=rows, user=user)


@require_safe
@requires("content.view")
def policy_ask(request: HttpRequest) -> HttpResponse:
    """What a post for an account would have to go through if it was begun now."""
    form = AskForm(
        request.GET if "account" in request.GET or "account_words" in request.GET else None,
        user=person(request),
    )
    context = {
        "form": form,
        "answer": policy_pages.answer_to(form),
        "tabs": policy_pages.tabs("policy_ask"),
    }
    return render(request, "content/policy_ask.html", context)


@require_form
@requires("content.configure")
def policy_set(request: HttpRequest) -> HttpResponse:
    """Type a policy, read what it changes, save exactly that."""
    user = person(request)
    if request.method != "POST":
        start = policy_pages.start_from(user, request.GET.dict())
        now = policy_pages.counts_now(user, start)
        return _set_page(request, PolicyForm(user=user, initial=start), now=now)
    form = PolicyForm(request.POST, user=user)
    if not form.is_valid():
        return _set_page(request, form, status=422)
    if SAVE not in request.POST or not form.is_what_was_shown:
        return _set_page(request, form, proposal=policy_pages.proposal_of(form))
    return _save(request, form)


def _save(request: HttpRequest, form: PolicyForm) -> HttpResponse:
    typed, new = form.cleaned_data, form.thought()
    try:
        policy = actions.set_policy(
            actor=person(request), covered=form.covered(), stages=new.stages, days=new.days,
            remind_after=new.remind_after, escalate_after=new.escalate_after,
            reason=typed["reason"], seen=typed["seen"],
        )  # fmt: skip
    except PolicyChanged:
        return _set_page(
            request, form, proposal=policy_pages.proposal_of(form), changed=True, status=409
        )
    except ContentError as exc:
        form.add_error(exc.field if exc.field in form.fields else None, str(exc))
        return _set_page(request, form, status=409)
    messages.success(request, _("The policy of %(who)s is set.") % {"who": policy})
    return redirect(f"{reverse('content:policy_list')}?unit={policy.unit_id}")


def _set_page(
    request: HttpRequest, form: PolicyForm, status: int = 200, **context: object
) -> HttpResponse:
    return render(request, "content/policy_form.html", {"form": form, **context}, status=status)


@require_form
@requires("content.configure")
def policy_end(request: HttpRequest, policy_id: int) -> HttpResponse:
    user = person(request)
    policy = get_object_or_404(selectors_policies.policies_visible_to(user), pk=policy_id)
    if not user.holds("content.configure", policy.unit_id):
        raise PermissionDenied
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            actions.end_policy(actor=user, policy_id=policy.pk, reason=form.cleaned_data["reason"])
        except ContentError as exc:
            form.add_error(None, str(exc))
        else:
            messages.success(request, _("The policy of %(who)s has ended.") % {"who": policy})
            return redirect(f"{reverse('content:policy_list')}?unit={policy.unit_id}")
    context = policy_pages.end_page(policy) | {"form": form}
    status = 422 if form.errors else 200
    return render(request, "content/policy_end.html", context, status=status)
