"""What is told to somebody who stands in for others before they decide: for whom, or why not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from content.models import Decision
from content.selectors.on_behalf import FOR_WHOM
from content.stuck_words import named


def decides_for(post: Any, *, approve: str, changes: str, reject: str) -> str:
    """In whose place somebody decides on a post of ``selectors.with_principals``. Each verdict by
    the capability that it takes, "" where they may not; "" where all is in their own name."""
    told = {
        _("If you approve or reject it, you do so on behalf of %(name)s."): (
            approve if approve == reject else ""
        ),
        _("If you approve it, you do so on behalf of %(name)s."): (
            approve if approve != reject else ""
        ),
        _("If you ask for changes, you do so on behalf of %(name)s."): changes,
        _("If you reject it, you do so on behalf of %(name)s."): (
            reject if approve != reject else ""
        ),
    }
    names = {
        words: getattr(post, FOR_WHOM[capability], None) or ""
        for words, capability in told.items()
        if capability
    }
    if len(set(names.values())) == 1:
        (name,) = set(names.values())
        return _("You decide on behalf of %(name)s.") % {"name": name} if name else ""
    borrowed = [words % {"name": name} for words, name in names.items() if name]
    return (
        " ".join([*borrowed, _("Everything else you decide in your own name.")]) if borrowed else ""
    )


def what_a_principal_did(post: Any, decisions: Iterable[Decision]) -> str:
    """Why the roles of somebody who stands in for others do not count for a post. ``decisions``:
    those of the review that is open."""
    principals = getattr(post, "principals", ())
    counting = [one for one in principals if one["holds"]]
    for one in counting:
        if one["how"]:
            return _wrote(one, named(getattr(post, "taken", ()), one["how"], one["id"]))
    took = {pk for each in decisions for pk in (each.decider_id, each.on_behalf_of_id)}
    for one in counting:
        if one["id"] in took:
            told = _(
                "You stand in for %(name)s, who approved an earlier stage, so somebody else "
                "decides on this post."
            )
            return told % {"name": one["name"]}
    for one in principals:
        if not one["holds"]:
            told = _(
                "You stand in for %(name)s, who does not hold this role themselves now in every "
                "unit that this post is for, so it does not count and somebody else decides."
            )
            return told % {"name": one["name"]}
    # With places that are not the same in every unit, or of who submitted it.
    return _(
        "You stand in for others, and in no place that counts for the whole of this post, so "
        "somebody else decides on it."
    )


def _wrote(principal: dict[str, Any], titles: str) -> str:
    """``titles`` are of what came from the message bank, where it is known which."""
    how = principal["how"]
    what = {
        "idea": _("the idea that it began with"),
        "template": _("the template %(titles)s") if titles else _("the template that it uses"),
        "narrative": _("the narrative %(titles)s") if titles else _("the narrative that it uses"),
        "alt": _("an alternative text that it uses"),
    }.get(how, _("part of it"))
    told = (
        _(
            "You stand in for %(name)s, who uploaded a picture or video that this post shows, so "
            "somebody else decides on it."
        )
        if how == "picture"
        else _(
            "You stand in for %(name)s, who wrote %(what)s, so somebody else decides on this post."
        )
    )
    return told % {"name": principal["name"], "what": what.replace("%(titles)s", titles)}
