"""What happened to a post, as its own page tells it: without its title, and once for what went out
together on an account and met the same end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from content import outlet_words
from content.events import (
    PUBLICATION_CANCELLED,
    PUBLICATION_WITHDRAWN,
    WITHDRAWAL_ASKED,
    WITHDRAWAL_SETTLED,
    WITHDRAWN_NOT_DELETED,
)
from content.models import Post
from govsocial.audit.models import Entry
from govsocial.audit.selectors import Line, entries_about, line_of
from govsocial.audit.sentences import sentence_html
from govsocial.web.problems import in_words

# Workers delete the parts of a thread one by one; a person settles them one by one.
_TOGETHER = timedelta(minutes=10)

_ASKED = {
    PUBLICATION_CANCELLED.name: _("%(actor)s cancelled %(what)s: %(reason)s"),
    PUBLICATION_WITHDRAWN.name: _("%(actor)s withdrew %(what)s: %(reason)s"),
    WITHDRAWAL_ASKED.name: _("%(actor)s withdrew %(what)s, which may be out already: %(reason)s"),
}
_CAME_OF_IT = {
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


def history_of_post(post: Post) -> list[Line]:
    """Newest first. One query, as ``history_of``."""
    entries = entries_about(post)
    actions = {
        _outlet(entry): _action(entry) for entry in reversed(entries) if entry.event in _ASKED
    }
    return [_line(group) for group in _groups(entries, actions)]


def _groups(entries: Iterable[Entry], actions: dict[str, tuple[str, ...]]) -> list[list[Entry]]:
    """Each entry by itself, but for those of one withdrawal and one account that say the same; in
    the place of the newest of them."""
    groups: list[list[Entry]] = []
    open_ones: dict[tuple[object, ...], list[Entry]] = {}
    for entry in entries:
        if not _told(entry):
            groups.append([entry])
            continue
        outlet = _outlet(entry)
        said = (entry.event, _end(entry), entry.data.get("error"), entry.actor_id)
        key = (outlet_words.account_of(outlet), actions.get(outlet), *said)
        group = open_ones.get(key)
        if group is not None and group[-1].at - entry.at <= _TOGETHER:
            group.append(entry)
        else:
            open_ones[key] = [entry]
            groups.append(open_ones[key])
    return groups


def _line(group: list[Entry]) -> Line:
    entry, told = group[0], _told(group[0])
    if not told:
        return line_of(entry, sentence=_capital(sentence_html(entry, target=str(_("this post")))))
    what = outlet_words.what_is_on([_outlet(one) for one in group])
    sentence = _capital(sentence_html(entry, told, what=what))
    return line_of(entry, sentence=sentence, quote=in_words(str(entry.data.get("error") or "")))


def _told(entry: Entry) -> str:
    """The words of this page for what is taken back, and what came of it; "" for all else."""
    return str(_ASKED.get(entry.event) or _CAME_OF_IT.get((entry.event, _end(entry))) or "")


def _end(entry: Entry) -> str:
    return str(entry.data.get("outcome") or entry.data.get("then") or "")


def _outlet(entry: Entry) -> str:
    return str(entry.data.get("account") or "")


def _action(entry: Entry) -> tuple[str, ...]:
    """What tells one withdrawal from another."""
    return (entry.request_id, str(entry.actor_id), str(entry.data.get("reason")))


def _capital(sentence: SafeString) -> SafeString:
    return mark_safe(capfirst(sentence))  # noqa: S308  # only the case of its first letter changes
