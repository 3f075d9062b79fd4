"""Where a person can go, grouped by what people do.

The places and their words stand here, once. Which of them exist for a person is said by the apps:
``settings.NAVIGATION`` lists dotted names of providers, callables that take the request and yield
an ``Entry`` for each place that the person may open. A place that nobody provides has no link.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One provided place. ``count`` is what waits for this person there; None shows nothing.
    ``also``: other addresses whose pages belong there."""

    key: str
    url: str
    count: int | None = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    key: str
    group: str
    label: str | Promise
    icon: str
    # The word under the icon in the bar of a phone; empty: not in the bar.
    short: str | Promise = ""
    in_sidebar: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A place as a page shows it."""

    key: str
    label: str | Promise
    short: str | Promise
    icon: str
    url: str
    count: int | None
    active: bool
    # The same among the places of the sidebar, which has fewer than the bar of a phone.
    active_in_sidebar: bool


GROUPS: dict[str, str | Promise] = {
    "": "",
    "planning": _("Planning"),
    "execution": _("Execution"),
    "evaluation": _("Evaluation"),
    "governance": _("Governance"),
}

PLACES = (
    Place(key="home", group="", label=_("Home"), icon="home", short=_("Home")),
    Place(
        key="calendar",
        group="planning",
        label=_("Calendar"),
        icon="calendar-days",
        short=_("Calendar"),
    ),
    # A field beside the navigation: components/find.html.
    Place(key="search", group="", label=_("Search"), icon="magnifying-glass", in_sidebar=False),
    Place(key="content", group="planning", label=_("Content"), icon="document-text"),
    Place(key="media", group="planning", label=_("Media library"), icon="photo"),
    Place(key="bank", group="planning", label=_("Message bank"), icon="book-open"),
    Place(key="campaigns", group="planning", label=_("Campaigns"), icon="flag"),
    Place(
        key="write",
        group="planning",
        label=_("Write a post"),
        icon="pencil-square",
        short=_("Write"),
        in_sidebar=False,
    ),
    Place(
        key="review",
        group="execution",
        label=_("Review"),
        icon="clipboard-document-check",
        short=_("Review"),
    ),
    Place(key="publications", group="execution", label=_("Publications"), icon="paper-airplane"),
    Place(key="accounts", group="execution", label=_("Official accounts"), icon="identification"),
    Place(
        key="impersonations",
        group="execution",
        label=_("Fake accounts"),
        icon="exclamation-triangle",
    ),
    Place(key="kpi", group="evaluation", label=_("KPI"), icon="chart-bar"),
    Place(key="stoc", group="evaluation", label=_("STOC culture"), icon="scale"),
    Place(key="risk", group="evaluation", label=_("Risk"), icon="shield-exclamation"),
    Place(
        key="policies",
        group="governance",
        label=_("Approval policies"),
        icon="shield-check",
    ),
    Place(key="audit", group="governance", label=_("Audit trail"), icon="finger-print"),
    Place(key="people", group="governance", label=_("People"), icon="users"),
    Place(key="settings", group="governance", label=_("Settings"), icon="cog-6-tooth"),
)

Provider = Callable[[HttpRequest], Iterable[Entry]]


def links(request: HttpRequest) -> list[tuple[Place, Link]]:
    """Return the places of this person in the order of ``PLACES``, with one marked as active."""
    # Everybody has a home page; a provider may yield it again with a count.
    entries = {"home": Entry(key="home", url="/")}
    for dotted in getattr(settings, "NAVIGATION", ()):
        provider: Provider = import_string(dotted)
        for entry in provider(request):
            known = entries.get(entry.key)
            entries[entry.key] = _together(known, entry) if known else entry
    unknown = entries.keys() - {place.key for place in PLACES}
    if unknown:
        raise ValueError(f"There is no place called {', '.join(sorted(unknown))}.")
    active = _active(entries.values(), request.path)
    sidebar = [entries[place.key] for place in PLACES if place.in_sidebar and place.key in entries]
    active_in_sidebar = _active(sidebar, request.path)
    return [
        (
            place,
            Link(
                key=place.key,
                label=place.label,
                short=place.short,
                icon=place.icon,
                url=entries[place.key].url,
                count=entries[place.key].count,
                active=place.key == active,
                active_in_sidebar=place.key == active_in_sidebar,
            ),
        )
        for place in PLACES
        if place.key in entries
    ]


def _together(known: Entry, entry: Entry) -> Entry:
    """The same place from two providers: what waits there adds up."""
    counts = [one.count for one in (known, entry) if one.count is not None]
    total = sum(counts) if counts else None
    return Entry(key=entry.key, url=entry.url, count=total, also=known.also + entry.also)


def _active(entries: Iterable[Entry], path: str) -> str:
    """The key of the longest address that ``path`` lies under; the root only matches itself."""
    best = Entry(key="", url="")
    for entry in entries:
        for address in (entry.url.split("?")[0], *entry.also):
            under = path == address or (address != "/" and path.startswith(address))
            if under and len(address) > len(best.url):
                best = Entry(key=entry.key, url=address)
    return best.key


def grouped(found: list[tuple[Place, Link]]) -> list[tuple[str | Promise, list[Link]]]:
    """The sidebar: (group name, links), without empty groups."""
    groups = [
        (name, [link for place, link in found if place.group == key and place.in_sidebar])
        for key, name in GROUPS.items()
    ]
    return [(name, entries) for name, entries in groups if entries]
