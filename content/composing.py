"""What the composer opens with: the saved version, or what its writer typed and did not save."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, cast
from urllib.parse import urlencode
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.models import User
from content import actions, comparing
from content.errors import ContentError, LacksToSubmit, VoidsDecision, saved_meanwhile
from content.forms.pictures import FILES, MOST_PICTURES, is_key
from content.forms.posts import PostForm
from content.missing_parts import parts_of
from content.models import Decision, MediaFile, Post, PostVersion, Scratch
from content.places import RESUME, form_of, place_of, typed_fields
from content.policy_people import writers_alone
from content.saving import OPENED_AS, ORDER, VOIDS, VOIDS_AND_SUBMIT, submits
from content.selectors import back as selectors_back
from content.selectors import bank as selectors_bank
from content.selectors import media as selectors_media
from content.selectors import posts as selectors
from content.selectors import scratch as selectors_scratch
from content.standing import read_mark, standing

# In an address: the medium that somebody comes back from.
_DESCRIBED = "described"
MOST_TOLD = 5

Opened = tuple[PostForm, dict[str, Any]]


def post_to_edit(user: User, post_id: int) -> Post:
    """The post, 404 to strangers and 403 to those who only read it."""
    posts = selectors.with_paid_labels(selectors.posts_visible_to(user))
    post: Post = get_object_or_404(posts, pk=post_id)
    if not user.holds("content.draft", post.unit_id):
        raise PermissionDenied
    if post.current_version is not None:
        # The same row: the form asks it for unit, campaign and labels.
        post.current_version.post = post
    return post


def open_new(user: User, query: QueryDict) -> Opened:
    """A new post, or one that was begun and not saved when the address names it. Whoever comes back
    to a form that was answered is told what came of it."""
    key = query.get(RESUME, "")
    kept = selectors_scratch.kept_of_new_post(user, int(key)) if is_key(key) else None
    if kept is not None and kept.closed_at is None and kept.discarded_at is None:
        return _restored(user, kept, None, query)
    token = (kept.token if kept else form_of(query)) or uuid4()
    form = PostForm(user=user)
    told = _begin_with_bank_text(user, query, form) | {"token": token}
    told["answered"] = selectors_scratch.answered_to(user, token)
    begun = selectors_scratch.new_scratches_of(user)
    # What somebody chose in the library.
    named = query.getlist("media")[: MOST_PICTURES + 1]
    form.choose(selectors_media.chosen_media(user, named))
    told |= {"begun": begun[:MOST_TOLD], "discarded": _discarded(user, query, None)}
    return form, told


def open_post(user: User, post: Post, query: QueryDict) -> Opened:
    """A post as it is saved, or as this person left it without saving: in the tab that the address
    names, else in the one where they typed last."""
    kept = list(selectors_scratch.scratches_for(user, post))
    if kept:
        scratch = next((one for one in kept if str(one.pk) == query.get(RESUME)), kept[0])
        form, told = _restored(user, scratch, post, query)
        elsewhere = [one for one in kept if one != scratch][:MOST_TOLD]
        thrown = _discarded(user, query, post)
        return form, told | {"elsewhere": elsewhere, "discarded": thrown}
    form = PostForm(user=user, version=post.current_version)
    context = _begin_with_bank_text(user, query, form) | {OPENED_AS: standing(post)}
    return form, context | {"discarded": _discarded(user, query, post)}


def _begin_with_bank_text(user: User, query: QueryDict, form: PostForm) -> dict[str, Any]:
    """Have the form begin with a template, or with a narrative below what it has. Says so where
    what the address names may not be used today."""
    key = query.get("template") or query.get("narrative")
    if not key:
        return {}
    rows = selectors_bank.bank_texts_to_use(user)
    chosen = rows.filter(pk=int(key)).first() if is_key(key) else None
    if chosen is None:
        return {"unusable": True}
    before = str(form.initial.get("text") or "")
    form.initial["text"] = f"{before}\n\n{chosen.text}" if before else chosen.text
    form.initial["from_bank"] = [str(chosen.pk)]
    if not chosen.is_narrative:
        begun = form.facets_initial(chosen.suggested())
        form.initial = {**form.initial, **begun, "title": chosen.title}
    unit_id = form.unit_id or form.initial.get("unit")
    return {"bank_text": chosen, "alone": writers_alone(user, unit_id, [chosen])}


def _restored(user: User, scratch: Scratch, post: Post | None, query: QueryDict) -> Opened:
    data = QueryDict(mutable=True)
    for name, values in scratch.fields.items():
        data.setlist(name, values)
    filled = _fill(user, data, query)
    data["based_on"] = str(scratch.based_on)
    version = post.current_version if post else None
    form = PostForm(data, user=user, version=version)
    form.asked = filled
    could_be_read = form.is_valid()
    # Nobody asked yet whether it is complete.
    form.errors.clear()
    context: dict[str, Any] = {
        "scratch": scratch,
        "over": scratch.page,
        "seen": scratch.kept_at,
        "token": scratch.token,
    }
    if version is None:
        return form, context
    context[OPENED_AS] = standing(version.post)
    rows = apart_from(version, form)
    if could_be_read and not rows and not filled and _is_only_content(version, form):
        # It is saved: there is nothing to offer.
        data["based_on"] = str(version.number)
        del context["scratch"]
    elif version.number != scratch.based_on:
        context |= newer_than(form, version, rows)
    return form, context


def newer_than(form: PostForm, version: PostVersion, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """What the page says of a version that was saved after the one that the form began with."""
    return {"newer": version, "apart": rows, "told": saved_meanwhile(version, form.user)}


def apart_from(version: PostVersion, form: PostForm) -> list[dict[str, Any]]:
    """The fields in which the form says something else than a version."""
    return comparing.changed_fields(
        version.content(), form.document(), post=version.post, accounts=form.official_accounts
    )


def _typed_alike(version: PostVersion, form: PostForm) -> bool:
    """The words that pages compare can be alike where what goes out is not."""
    saved, typed = (
        replace(one, recipients={}, prepared={}) for one in (version.content(), form.document())
    )
    return saved.canonical() == typed.canonical()


def _is_only_content(version: PostVersion, form: PostForm) -> bool:
    """Whether nothing was chosen that stands beside the content of a version."""
    campaign = form.cleaned_data.get("campaign")
    return not form.wants_slot and (campaign and campaign.pk) == version.post.campaign_id


def address_of(scratch: Scratch) -> str:
    """The composer with what was kept."""
    place = reverse("content:post_create")
    if scratch.post_id:
        place = reverse("content:post_edit", args=[scratch.post_id])
    return f"{place}?{urlencode({RESUME: scratch.pk})}"


def described(address: str, media: MediaFile) -> str:
    """The ``address`` of a composer after somebody described a medium in the library."""
    joint = "&" if "?" in address else "?"
    place = "id_film" if media.is_film else "pictures"
    return f"{address}{joint}{urlencode({_DESCRIBED: media.pk})}#{place}"


def _fill(user: User, data: QueryDict, query: QueryDict) -> Sequence[str]:
    """Take over what was described in the library meanwhile: its place in the post, if it has none,
    and its words, if none were typed. Returns the fields to be shown."""
    named = query.get(_DESCRIBED)
    chosen = selectors_media.chosen_media(user, [named]) if named else ()
    if not chosen or data.get("unit") != str(chosen[0].unit_id):
        return ()
    media = chosen[0]
    if media.is_film:
        value, places, words = str(media.pk), ["film"], ["film_alt"]
    else:
        value = media.sha256
        places = [f"kept_{number}" for number in range(MOST_PICTURES)]
        words = [f"alt_{number}" for number in range(MOST_PICTURES)]
    kept = [data.get(name, "") for name in places]
    wanted = value if value in kept else ""
    if wanted not in kept:
        return ()
    index = kept.index(wanted)
    data[places[index]] = value
    data[words[index]] = data.get(words[index]) or media.record.alt
    return [places[index]]


def _discarded(user: User, query: QueryDict, post: Post | None) -> Scratch | None:
    key = query.get("discarded", "")
    if not is_key(key):
        return None
    rows = selectors_scratch.scratches_of(user).filter(discarded_at__isnull=False, post=post)
    return rows.filter(pk=int(key)).first()


def remark_on(post: Post) -> Decision | None:
    """What a draft came back with. One query, for drafts only."""
    if post.status != Post.Status.DRAFT:
        return None
    return selectors_back.came_back_with(post, list(selectors.decisions_of(post)[:1]))


def keep(
    request: HttpRequest, form: PostForm, post: Post | None, *, is_refused: bool = False
) -> Scratch:
    """Keep a form that was sent, with the uploads that are stored already, as what is not saved.
    Raises ``ContentError``."""
    typed = cast(QueryDict, form.data)
    based_on = typed.get("based_on", "")
    return actions.keep_scratch(
        actor=form.user,
        place=place_of(request.POST, post),
        fields=typed_fields(typed),
        based_on=int(based_on) if is_key(based_on) and len(based_on) < 9 else 0,
        is_refused=is_refused,
    )


def reorder(request: HttpRequest, form: PostForm, post: Post | None) -> None:
    """Put the pictures of a form in the order that was asked for, and keep it as this person's
    unsaved text. What is wrong elsewhere can wait."""
    form.only_errors(*FILES)
    form.reorder(request.POST[ORDER])
    # What cannot be kept stays on the page.
    with suppress(ContentError):
        keep(request, form, post)


def keep_refused(
    request: HttpRequest, form: PostForm, post: Post, newest: PostVersion
) -> dict[str, Any]:
    """``newest`` was saved meanwhile: keep the form as this person's unsaved text, so that it
    is there wherever they go on. Returns what the page says of it; nothing, and nothing is kept,
    where ``newest`` says the same but for what nobody types: where accounts are found meanwhile."""
    newest.post = post
    rows = apart_from(newest, form)
    if _says_the_same(newest, form, rows):
        return {}
    return {"conflict": newest, **newer_than(form, newest, rows), **_kept(request, form, post)}


def keep_decided(
    request: HttpRequest, form: PostForm, post: Post, exc: VoidsDecision
) -> dict[str, Any]:
    """A save would undo what was decided: keep the form as this person's unsaved text, and say what
    a save would do."""
    return {
        "decided": exc,
        "confirm": VOIDS_AND_SUBMIT if submits(request) else VOIDS,
        OPENED_AS: exc.standing,
        "apart": apart_from(form.version, form) if form.version else [],
        **_kept(request, form, post),
    }


def keep_lacking(
    request: HttpRequest, form: PostForm, post: Post, exc: LacksToSubmit
) -> dict[str, Any]:
    """A save with its submission was refused: keep the form, and say what it lacks. A tick that
    came along and does not hold for this text is to be set anew."""
    data = cast(QueryDict, form.data).copy()
    for one in exc.missing:
        if one.field and one.field.startswith("confirm_"):
            data.pop(one.field, None)
    form.data = data
    form.asked = [one.field or "" for one in exc.missing]
    told = {"missing": parts_of(exc.missing), "still_counts": exc}
    return told | _kept(request, form, post)


def keep_closed(request: HttpRequest, form: PostForm, post: Post) -> dict[str, Any]:
    """The post can no longer be edited: keep what was typed. Nothing, where nothing was."""
    version = form.version
    rows = apart_from(version, form) if version else []
    if version is None or _says_the_same(version, form, rows):
        return {}
    return {"apart": rows, "is_asked": True, **_kept(request, form, post)}


def open_closed(user: User, post: Post, query: QueryDict) -> Opened | None:
    """What this person typed before the post could no longer be edited, or threw away just now;
    None where there is nothing of theirs."""
    form, told = open_post(user, post, query)
    if not told.get("scratch") and not told.get("discarded"):
        return None
    told["apart"] = apart_from(form.version, form) if form.version and form.is_bound else []
    return form, told


def _says_the_same(version: PostVersion, form: PostForm, rows: list[dict[str, Any]]) -> bool:
    return not rows and _typed_alike(version, form) and _is_only_content(version, form)


def _kept(request: HttpRequest, form: PostForm, post: Post) -> dict[str, Any]:
    try:
        kept = keep(request, form, post, is_refused=True)
    except ContentError as exc:
        return {"unkept": str(exc)}
    return {"scratch": kept, "over": kept.page, "seen": kept.kept_at}


def go_on(request: HttpRequest, form: PostForm, post: Post, seen: PostVersion) -> dict[str, Any]:
    """Base what was typed on ``seen``, the version that its writer saw beside it: from here on it
    can be saved as the next one. Nothing is saved yet, and ``seen`` stays what it is."""
    data = cast(QueryDict, form.data).copy()
    data["based_on"] = str(seen.number)
    form.data = data
    seen.post = post
    context = {"below": seen, "apart": apart_from(seen, form)}
    return context | _kept(request, form, post)


def end(user: User, data: QueryDict, post: Post | None) -> None:
    """Forget what was kept of this page: it is saved."""
    if post is not None or data.get("scratch_token"):
        actions.end_scratch(actor=user, place=place_of(data, post))


def hidden(request: HttpRequest, context: Mapping[str, Any]) -> dict[str, Any]:
    """What the page says of itself when it keeps what is typed; the same after a refused form."""
    place = place_of(request.POST, None)
    return {
        "scratch_token": context.get("token") or place.token,
        "scratch_page": context.get("page") or place.page,
        "scratch_over": context.get("over") or place.over or "",
        "scratch_seen": context.get("seen") or place.seen,
        OPENED_AS: context.get(OPENED_AS) or read_mark(request.POST.get(OPENED_AS, "")),
    }


def tell_of_forged(form: PostForm) -> None:
    """Have the trail say who sent an account that is out of their reach."""
    if named := form.unoffered_accounts:
        attempt = "edit" if form.version else "create"
        actions.tell_accounts_out_of_reach(actor=form.user, account_ids=named, attempt=attempt)
