"""What a person was told: the list behind the bell, and the choice of what comes by e-mail."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.requests import person
from content import actions, notices
from content.filters.talk import NotificationFilter
from content.forms.talk import WaysForm
from content.pages.notice import notification_page, ways_of
from content.selectors import talk as selectors_talk
from govsocial.web.htmx import page_or_fragment
from govsocial.web.lists import chips, page_of, sorted_by
from govsocial.web.methods import require_form
from govsocial.web.ordering import Sorts
from govsocial.web.permissions import requires

SORTS: Sorts = {"time": "pk"}


@require_safe
@requires("content.view")
@vary_on_headers("HX-Request")
def notification_list(request: HttpRequest) -> HttpResponse:
    user = person(request)
    filters = NotificationFilter(request.GET, queryset=selectors_talk.notifications_of(user))
    page = page_of(sorted_by(filters.qs, request, SORTS, "-time"), request)
    context = notification_page(page) | {
        "form": filters.form,
        "chips": chips(filters),
        "page": page,
        "unread": selectors_talk.unread_of(user).exists(),
    }
    return render(request, page_or_fragment(request, "content/notification_list.html"), context)


@require_POST
@requires("content.view")
def notification_open(request: HttpRequest, notification_id: int) -> HttpResponse:
    """Mark it as read and go to what it is about."""
    user = person(request)
    notice = get_object_or_404(selectors_talk.notifications_of(user), pk=notification_id)
    actions.mark_read(actor=user, notification_id=notice.pk)
    return redirect(notices.address_of(notice))


@require_POST
@requires("content.view")
def notification_read(request: HttpRequest, notification_id: int) -> HttpResponse:
    user = person(request)
    notice = get_object_or_404(selectors_talk.notifications_of(user), pk=notification_id)
    actions.mark_read(actor=user, notification_id=notice.pk)
    return redirect("content:notification_list")


@require_POST
@requires("content.view")
def notification_read_all(request: HttpRequest) -> HttpResponse:
    """All that the page had shown or that came before it; what came since stays unread."""
    newest = request.POST.get("up_to", "")
    up_to = int(newest) if newest.isascii() and newest.isdecimal() and len(newest) < 19 else 0
    number = actions.mark_all_read(actor=person(request), up_to=up_to)
    told = ngettext(
        "%(number)s notification is marked as read.",
        "%(number)s notifications are marked as read.",
        number,
    )
    messages.success(request, told % {"number": number})
    return redirect("content:notification_list")


@require_form
@requires("content.view")
def notification_choose(request: HttpRequest) -> HttpResponse:
    """By which way each kind comes."""
    user = person(request)
    form = WaysForm(request.POST if request.method == "POST" else None, chosen=ways_of(user))
    if form.is_valid():
        actions.choose_ways(actor=user, ways=form.ways())
        messages.success(request, _("Your choice is saved."))
        return redirect("content:notification_choose")
    context = {"form": form, "may_manage_people": user.holds("people.manage")}
    status = 422 if form.errors else 200
    return render(request, "content/notification_choose.html", context, status=status)
