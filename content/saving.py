"""Saving what the composer says: at the time it says, or in the next free slot."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from content import actions
from content.actions.media import title_of
from content.errors import ContentError
from content.forms.posts import PostForm
from content.models import Post
from content.standing import read_mark
from govsocial.web.templatetags.formats import moment

# What the form knew when it was opened (``content.standing``).
OPENED_AS = "opened_as"
# The buttons that save although it undoes what was decided: each says what that was.
VOIDS = "voids"
VOIDS_AND_SUBMIT = "voids_and_submit"
# The button that submits what it saves.
SUBMIT = "submit"
# The button that searches for accounts and saves nothing.
LOOK = "look"
# The buttons that change the order of the pictures and save nothing.
ORDER = "order"
# The button that begins a correction with what was typed for a post that went out meanwhile.
CORRECT = "correct"
# The button that begins a new post with what was typed for one that is over.
REWRITE = "rewrite"
# The button that goes on with what was typed on top of the version that it names.
ONTO = "onto"

OF_THE_PAGE = (OPENED_AS, VOIDS, VOIDS_AND_SUBMIT, SUBMIT, LOOK, ORDER, CORRECT, REWRITE, ONTO)
"""What belongs to the page of a form, and not to the post."""


def submits(request: HttpRequest) -> bool:
    return SUBMIT in request.POST or VOIDS_AND_SUBMIT in request.POST


def store_pictures(form: PostForm) -> bool:
    """Store what was uploaded, whatever else is wrong, then say whether the form is valid."""
    form.is_valid()
    unit = form.cleaned_data.get("unit")
    if unit is None:
        return False
    for number, file in form.uploads():
        title, data = title_of(file), file.read()
        try:
            media = actions.store_image(actor=form.user, unit_id=unit.pk, data=data, title=title)
        except ContentError as exc:
            form.add_error(f"file_{number}", str(exc))
        else:
            form.keep(number, media)
            form.cleaned_data[f"remove_{number}"] = False
    return not form.errors


def create(request: HttpRequest, form: PostForm, key: UUID | None) -> actions.Edited:
    """``key`` is of this form. Raises ``ContentError``."""
    unit_id, document = form.cleaned_data["unit"].pk, form.document()
    if not form.wants_slot:
        return actions.begin_post(
            actor=form.user,
            unit_id=unit_id,
            document=document,
            from_bank=form.taken_over,
            key=key,
        )
    return _told(
        request,
        actions.save_in_free_slot(
            actor=form.user,
            document=document,
            ticket=form.slot_ticket,
            unit_id=unit_id,
            from_bank=form.taken_over,
            key=key,
        ),
    )


def edit(request: HttpRequest, form: PostForm, post: Post) -> actions.Edited:
    """Raises ``ContentError``."""
    based_on, document = form.cleaned_data["based_on"] or 0, form.document()
    known, voids = read_mark(request.POST.get(OPENED_AS, "")), _voids(request)
    if not form.wants_slot:
        return actions.edit_post(
            actor=form.user,
            post_id=post.pk,
            document=document,
            based_on=based_on,
            carried=form.carried(),
            from_bank=form.taken_over,
            known=known,
            voids=voids,
            submits=submits(request),
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
            voids=voids,
            submits=submits(request),
        ),
    )


def _voids(request: HttpRequest) -> str:
    """What this person was asked about and agreed to undo."""
    sent = (request.POST.get(name) for name in (VOIDS, VOIDS_AND_SUBMIT))
    return read_mark(next((one for one in sent if one), ""))


def _told(request: HttpRequest, saved: actions.InSlot) -> actions.Edited:
    if saved.slot is None:
        return actions.Edited(saved.post, is_again=True)
    told = _("Planned for %(at)s, a free slot of %(accounts)s.") % {
        "at": moment(saved.slot.at, saved.post.unit.zone),
        "accounts": ", ".join(saved.slot.accounts),
    }
    if saved.slot.taken:
        told += " " + ngettext(
            "%(number)s earlier slot is taken by another post.",
            "%(number)s earlier slots are taken by other posts.",
            saved.slot.taken,
        ) % {"number": saved.slot.taken}
    if saved.slot.frozen:
        told += " " + ngettext(
            "%(number)s earlier slot lies within a freeze.",
            "%(number)s earlier slots lie within a freeze.",
            saved.slot.frozen,
        ) % {"number": saved.slot.frozen}
    messages.success(request, told)
    if saved.slot.was_frozen:
        messages.warning(
            request,
            _(
                "Frozen now: %(accounts)s. The freeze is expected to be over by then, but it ends "
                "only when somebody lifts it."
            )
            % {"accounts": ", ".join(saved.slot.was_frozen)},
        )
    if saved.not_before is not None:
        messages.warning(
            request,
            _("An approval given today would end before that. It can be approved from %(from)s on.")
            % {"from": moment(saved.not_before, saved.post.unit.zone)},
        )
    return actions.Edited(saved.post, saved.ended)
