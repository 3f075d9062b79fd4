"""What happened to a post, as its own page tells it: without its title, and once for what went out
together on an account and met the same end."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from content import outlet_words
from content.events.posts import (
    POST_FOLLOWED,
    POST_REJECTED,
    PUBLICATION_CANCELLED,
    PUBLICATION_PROVED,
    PUBLICATION_SENT,
    PUBLICATION_WITHDRAWN,
    RETROSPECTIVE_DONE,
    WITHDRAWAL_ASKED,
    WITHDRAWAL_SETTLED,
    WITHDRAWN_NOT_DELETED,
)
from content.models import Post, Relation
from content.taken_back import TOGETHER
from govsocial.audit.models import Entry
from govsocial.audit.selectors import LONGEST_HISTORY, Line, entries_about, line_of
from govsocial.audit.sentences import sentence_html
from govsocial.web.problems import in_words

MOST_READ = 250
"""Entries that a page is made of: where many say the same, it has fewer lines than it could."""

_ASKED = {
    PUBLICATION_CANCELLED.name: _("%(actor)s cancelled %(what)s: %(reason)s"),
    PUBLICATION_WITHDRAWN.name: _("%(actor)s withdrew %(what)s: %(reason)s"),
    WITHDRAWAL_ASKED.name: _("%(actor)s withdrew %(what)s, which may be out already: %(reason)s"),
}
_CAME_OF_IT = {
    (PUBLICATION_SENT.name, ""): _("Went live: %(what)s."),
    (WITHDRAWAL_SETTLED.name, "deleted"): _("Deleted: %(what)s."),
    (WITHDRAWAL_SETTLED.name, "by_hand"): _("%(actor)s deleted %(what)s by hand."),
    (WITHDRAWAL_SETTLED.name, "stays"): _("%(actor)s looked: %(what)s can still be seen."),
    (WITHDRAWN_NOT_DELETED.name, "again"): _(
        "Not deleted yet: %(what)s. The application tries again."
    ),
    (WITHDRAWN_NOT_DELETED.name, "person"): _(
        "The application cannot delete %(what)s. A person has to delete it there."
    ),
}

_HIDDEN = _(
    "%(actor)s recorded that %(target)s is on %(account)s, at an address that does not name the "
    "account: %(permalink)s"
)

_LOOKED = _("%(actor)s looked at %(target)s afterwards.")

# Also of what a person posted, proved or found: whatever is found to be out is told so.
_IS_OUT = Q(event=PUBLICATION_SENT.name)
# Of what follows a post its own page tells all; here stands what it means for the first.
_BEGUN_AFTER = {
    Relation.CORRECTION: _("%(actor)s began a correction of it: %(target)s."),
    Relation.UPDATE: _("%(actor)s began an update of it: %(target)s."),
}
_REJECTED_AFTER = {
    Relation.CORRECTION: _("%(actor)s rejected a correction of it: %(target)s."),
    Relation.UPDATE: _("%(actor)s rejected an update of it: %(target)s."),
}
_OUT_AFTER = {
    Relation.CORRECTION: _("Corrected: %(target)s went live on %(account)s."),
    Relation.UPDATE: _("Updated: %(target)s went live on %(account)s."),
}
_BEGUN = {
    Relation.CORRECTION: _("%(actor)s started %(target)s as a correction of “%(first)s”."),
    Relation.UPDATE: _("%(actor)s started %(target)s as an update of “%(first)s”."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A page of it, newest first. ``older`` is where the next page begins, None at its end."""

    lines: list[Line]
    older: int | None


def history_of_post(
    post: Post, followers: Collection[Post] = (), *, since: int | None = None
) -> History:
    """With when each of ``followers``, its corrections and updates, was begun, rejected and went
    live; from where another page ended on, ``since``. One query, as ``history_of``.

    What would be told in one line is told in two where a page ends between.
    """
    relations = {str(one.pk): one.relation for one in followers}
    after = Q(target_type=Post._meta.label_lower, target_id__in=list(relations))
    after &= Q(event__in=(POST_FOLLOWED.name, POST_REJECTED.name)) | _IS_OUT
    entries = entries_about(
        post, also=after if relations else None, since=since, limit=MOST_READ + 1
    )
    groups, older = _groups(entries, relations)
    lines = [
        _of_follower(group, relations[group[0].target_id])
        if group[0].target_id in relations
        else _line(group)
        for group in groups
    ]
    return History(lines=lines, older=older)


def _of_follower(group: Sequence[Entry], relation: str) -> Line:
    entry = group[0]
    told = {POST_FOLLOWED.name: _BEGUN_AFTER, POST_REJECTED.name: _REJECTED_AFTER}
    words = told.get(entry.event, _OUT_AFTER)
    instead = {"account": outlet_words.account_of(_outlet(entry))} if len(group) > 1 else {}
    return line_of(entry, sentence=sentence_html(entry, str(words[Relation(relation)]), **instead))


def _groups(
    entries: Sequence[Entry], relations: Mapping[str, str]
) -> tuple[list[list[Entry]], int | None]:
    """As many as stand on a page: each entry by itself, but for those on one account that say the
    same; in the place of the newest of them. And the id of the first that is not among them."""
    actions = _actions(entries)
    groups: list[list[Entry]] = []
    open_ones: dict[tuple[object, ...], list[Entry]] = {}
    for entry in entries[:MOST_READ]:
        key = _key(entry, actions, is_follower=entry.target_id in relations)
        group = open_ones.get(key) if key else None
        if group is not None and group[-1].at - entry.at <= TOGETHER:
            group.append(entry)
            continue
        if len(groups) == LONGEST_HISTORY:
            return groups, entry.pk
        groups.append([entry])
        if key:
            open_ones[key] = groups[-1]
    return groups, entries[MOST_READ].pk if len(entries) > MOST_READ else None


def _key(
    entry: Entry, actions: Mapping[int, tuple[str, ...]], *, is_follower: bool
) -> tuple[object, ...] | None:
    """What is the same of entries that are told in one line; None of those that stand alone."""
    on = outlet_words.account_of(_outlet(entry))
    if is_follower:
        alone = entry.event in {POST_FOLLOWED.name, POST_REJECTED.name}
        return None if alone else (entry.target_id, on)
    if not _told(entry):
        return None
    said = (entry.event, _end(entry), entry.data.get("error"), entry.actor_id)
    return (on, actions.get(entry.pk), *said)


def _actions(entries: Sequence[Entry]) -> Mapping[int, tuple[str, ...]]:
    """To which withdrawal or cancellation each belongs: what was asked for to itself, what came of
    it to the last that was asked for there before."""
    found: dict[int, tuple[str, ...]] = {}
    asked: dict[str, tuple[str, ...]] = {}
    for entry in reversed(entries):
        outlet = _outlet(entry)
        if entry.event in _ASKED:
            asked[outlet] = _action(entry)
        if outlet in asked:
            found[entry.pk] = asked[outlet]
    return found


def _line(group: list[Entry]) -> Line:
    entry, told = group[0], _told(group[0])
    if not told or (entry.event == PUBLICATION_SENT.name and len(group) == 1):
        words = _own_words(entry)
        said = sentence_html(entry, words, target=str(_("this post")))
        return line_of(entry, sentence=_capital(said))
    what = outlet_words.what_is_on([_outlet(one) for one in group])
    sentence = _capital(sentence_html(entry, told, what=what))
    return line_of(entry, sentence=sentence, quote=in_words(str(entry.data.get("error") or "")))


def _own_words(entry: Entry) -> str:
    """The words for how a correction or an update began, for a proof that does not say on whose
    account it is, and for a look afterwards; "" for all else."""
    if entry.event == RETROSPECTIVE_DONE.name:
        return str(_LOOKED)
    if entry.event == PUBLICATION_PROVED.name and entry.data.get("names_account") is False:
        return str(_HIDDEN)
    if entry.event != POST_FOLLOWED.name or entry.data.get("relation") not in Relation:
        return ""
    return str(_BEGUN[Relation(str(entry.data["relation"]))])


def _told(entry: Entry) -> str:
    """The words of this page for what goes out or is taken back, and what came of it; "" for all
    else."""
    return str(_ASKED.get(entry.event) or _CAME_OF_IT.get((entry.event, _end(entry))) or "")


def _end(entry: Entry) -> str:
    return str(entry.data.get("outcome") or entry.data.get("then") or "")


def _outlet(entry: Entry) -> str:
    return str(entry.data.get("account") or "")


def _action(entry: Entry) -> tuple[str, ...]:
    """What tells one withdrawal from another. Pages ask for each in a request of its own."""
    return (entry.request_id, str(entry.actor_id), str(entry.data.get("reason")))


def _capital(sentence: SafeString) -> SafeString:
    return mark_safe(capfirst(sentence))  # noqa: S308  # only the case of its first letter changes
