from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.requests import person
from content import actions
from content.errors import ContentError
from content.forms.withdrawals import WithdrawalForm
from content.models import Post, Publication
from content.pages import freezes as pages_freezes
from content.selectors import posts as selectors
from content.views.acting import moved_on, to_run
from govsocial.web.forms import ReasonForm
from govsocial.web.methods import require_form
from govsocial.web.permissions import requires

# The platform is asked in a moment: what it answered stands beside the publication.
_WITHDRAWN = gettext_lazy(
    "The withdrawal has begun. Its result is shown here. The record of what went out stays."
)


@require_form
@requires("content.publish")
def publication_withdraw(request: HttpRequest, publication_id: int) -> HttpResponse:
    publication = to_run(request, publication_id, "official_account__person_in_charge")
    if not pages_freezes.to_withdraw([publication]):
        return moved_on(request, publication)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            actions.withdraw_publication(
                actor=person(request), publication_id=publication.pk, reason=reason
            )
        except ContentError as exc:
            form.add_error(exc.field if exc.field in form.fields else None, str(exc))
        else:
            messages.success(request, _WITHDRAWN)
            return redirect("content:publication_detail", publication.pk)
    page = pages_freezes.withdraw_with_what_follows(publication)
    context = page | {"form": form, "post": publication.post}
    return _page(request, "publication_withdraw", context)


@require_form
@requires("content.publish")
def post_withdraw(request: HttpRequest, post_id: int) -> HttpResponse:
    """Everything of a post that is live or may be, in one go."""
    post, out, waiting = _out(request, post_id)
    if not out:
        messages.warning(request, pages_freezes.why_not_withdrawn(post))
        return redirect("content:post_detail", post.pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw_post(actor=person(request), post_id=post.pk, **form.cleaned_data)
        except ContentError as exc:
            form.add_error(exc.field if exc.field in form.fields else None, str(exc))
        else:
            messages.success(request, _WITHDRAWN)
            return redirect("content:post_detail", post.pk)
    context = pages_freezes.withdraw_page(out, waiting) | {"form": form, "post": post}
    return _page(request, "post_withdraw", context)


@require_form
@requires("content.publish")
def withdrawal_settle(request: HttpRequest, publication_id: int) -> HttpResponse:
    """A person looked on the platform and says what is there."""
    publication = to_run(request, publication_id, "official_account__person_in_charge")
    withdrawal = pages_freezes.withdrawal_of(publication)
    if withdrawal is None or withdrawal.outcome:
        return moved_on(request, publication)
    form = WithdrawalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.settle_withdrawal(
                actor=person(request), withdrawal_id=withdrawal.pk, **form.cleaned_data
            )
        except ContentError as exc:
            form.add_error(exc.field if exc.field in form.fields else None, str(exc))
        else:
            messages.success(request, _("Saved."))
            return redirect("content:publication_detail", publication.pk)
    context = {"publication": publication, "withdrawal": withdrawal, "form": form}
    return _page(request, "withdrawal_settle", context)


def _page(request: HttpRequest, name: str, context: dict[str, object]) -> HttpResponse:
    form = context["form"]
    status = 422 if getattr(form, "errors", None) else 200
    return render(request, f"content/{name}.html", context, status=status)


def _out(request: HttpRequest, post_id: int) -> tuple[Post, list[Publication], list[Publication]]:
    """The post, what is out of it, or may be, and what is called back with that: 404 to strangers,
    403 to who may not withdraw all of it."""
    user = person(request)
    post = get_object_or_404(selectors.posts_visible_to(user), pk=post_id)
    publications = selectors.publications_of(post)
    rows = list(publications.select_related("official_account__person_in_charge"))
    out = pages_freezes.to_withdraw(rows)
    runs = user.holds("content.publish", post.unit_id)
    if not (pages_freezes.may_withdraw(user, rows) if out else runs):
        raise PermissionDenied
    return post, out, [one for one in rows if one.status in Publication.CALLED_BACK]
