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
        _("You approve or reject on behalf of %(name)s."): approve if approve == reject else "",
        _("You approve on behalf of %(name)s."): approve if approve != reject else "",
        _("You ask for changes on behalf of %(name)s."): changes,
        _("You reject on behalf of %(name)s."): reject if approve != reject else "",
    }
    names = {
        words: getattr(post, FOR_WHOM[capability], None) or ""
        for words, capability in told.items()
        if capability
    }
    if len(set(names.values())) == 1:
        (name,) = set(names.values())
        return _("You decide on behalf of %(name)s.") % {"name": name} if name else ""
    return " ".join(words % {"name": name} for words, name in names.items() if name)


def what_a_principal_did(post: Any, decisions: Iterable[Decision]) -> str:
    """Why the roles of somebody who stands in for others do not count for a post. ``decisions``:
    those of the review that is open."""
    principals = getattr(post, "principals", ())
    for one in principals:
        if one["how"]:
            return _wrote(one, named(getattr(post, "taken", ()), one["how"], one["id"]))
    took = {pk for each in decisions for pk in (each.decider_id, each.on_behalf_of_id)}
    for one in principals:
        if one["id"] in took:
            told = _(
                "You stand in for %(name)s, who approved an earlier stage, so somebody else "
                "decides on this post."
            )
            return told % {"name": one["name"]}
    # In the place of somebody who stands in for another, or with places that are not the same in
    # every unit.
    return _(
        "You stand in for somebody who wrote part of this post or approved an earlier stage, so "
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
