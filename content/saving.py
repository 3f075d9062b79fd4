"""Saving what the composer says: at the time it says, or in the next free slot."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from content import actions
from content.forms import PostForm
from content.models import Post
from content.standing import read_mark
from govsocial.web.templatetags.formats import moment

# What the form knew when it was opened (``content.standing``).
OPENED_AS = "opened_as"
# The buttons that save although it undoes what was decided meanwhile: each says what that was.
VOIDS = "voids"
VOIDS_AND_SUBMIT = "voids_and_submit"


def create(request: HttpRequest, form: PostForm) -> Post:
    """Raises ``ContentError``."""
    unit_id, document = form.cleaned_data["unit"].pk, form.document()
    if not form.wants_slot:
        return actions.create_post(
            actor=form.user, unit_id=unit_id, document=document, from_bank=form.taken_over
        )
    return _told(
        request,
        actions.save_in_free_slot(
            actor=form.user,
            document=document,
            ticket=form.slot_ticket,
            unit_id=unit_id,
            from_bank=form.taken_over,
        ),
    )


def edit(request: HttpRequest, form: PostForm, post: Post) -> Post:
    """Raises ``ContentError``."""
    based_on, document = form.cleaned_data["based_on"] or 0, form.document()
    known = _known(request)
    if not form.wants_slot:
        return actions.edit_post(
            actor=form.user,
            post_id=post.pk,
            document=document,
            based_on=based_on,
            carried=form.carried(),
            from_bank=form.taken_over,
            known=known,
        )
    return _told(
        request,
        actions.save_in_free_slot(
            actor=form.user,
            document=document,
            ticket=form.slot_ticket,
            post_id=post.pk,
            based_on=based_on,
            carried=form.carried(),
            from_bank=form.taken_over,
            known=known,
        ),
    )


def _known(request: HttpRequest) -> str:
    """What this person knows was decided: as the form was opened, or as they were asked since."""
    sent = (request.POST.get(name) for name in (VOIDS, VOIDS_AND_SUBMIT, OPENED_AS))
    return read_mark(next((one for one in sent if one), ""))


def _told(request: HttpRequest, saved: actions.InSlot) -> Post:
    if saved.slot is None:
        messages.warning(
            request, _("This form was sent before. This is the post that it saved then.")
        )
        return saved.post
    told = _("Planned for %(at)s, a free slot of %(accounts)s.") % {
        "at": moment(saved.slot.at),
        "accounts": ", ".join(saved.slot.accounts),
    }
    if saved.slot.taken:
        told += " " + ngettext(
            "%(number)s earlier slot is taken by another post.",
            "%(number)s earlier slots are taken by other posts.",
            saved.slot.taken,
        ) % {"number": saved.slot.taken}
    messages.success(request, told)
    if saved.not_before is not None:
        messages.warning(
            request,
            _("An approval given today would end before that. It can be approved from %(from)s on.")
            % {"from": moment(saved.not_before)},
        )
    return saved.post
