"""Insights of media and accounts, in the fewest calls that never lose all for the sake of one.

One metric that is not known for a kind of media fails the whole call, and so does one medium that
is older than the professional account. So each kind has its own tested set, asked for many media
at once; a refusal first shows which metrics still exist, and then which media have none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from govsocial.platforms.errors import PermissionMissing
from govsocial.platforms.http import Answer, parse
from govsocial.platforms.instagram.answers import Media, MediaInsights
from govsocial.platforms.meta import errors
from govsocial.platforms.meta.graph import MOST_IDS, Graph, is_gone, is_good
from govsocial.platforms.meta.insights import CALENDAR, Insights, by_day, lifetime, spans, starts_at

FEED, REELS = "FEED", "REELS"
METRICS = {
    FEED: ("views", "reach", "saved", "shares", "total_interactions", "profile_visits"),
    REELS: (
        "views",
        "reach",
        "saved",
        "shares",
        "total_interactions",
        "ig_reels_video_view_total_time",
    ),
}
DAY_METRICS = ("views", "reach", "total_interactions", "profile_links_taps")
FOLLOWERS = "follower_count"
LONGEST_SPAN = 30
"""Days of a series that one call may ask for."""


def kind_of(media: Media) -> str:
    """Which set of metrics fits; empty where there are none through this API."""
    product = media.media_product_type
    if product in {"AD", "STORY"}:
        return ""
    return REELS if product == REELS else FEED


class Figures:
    """Insights of one account; remembers what was refused."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._metrics: dict[str, tuple[str, ...]] = dict(METRICS)
        self._day_metrics: tuple[str, ...] = DAY_METRICS
        self._converted_after: datetime | None = None
        """Media up to here are older than the professional account and never have insights."""

    def of_media(self, media: Sequence[Media]) -> dict[str, MediaInsights]:
        """Insights by medium; media without any are missing."""
        found: dict[str, MediaInsights] = {}
        for kind in (FEED, REELS):
            alike = [one for one in media if kind_of(one) == kind]
            for start in range(0, len(alike), MOST_IDS):
                self._read(kind, alike[start : start + MOST_IDS], found)
        return found

    def _read(self, kind: str, media: Sequence[Media], found: dict[str, MediaInsights]) -> None:
        older = self._converted_after
        media = [one for one in media if older is None or one.timestamp > older]
        if not media or not self._metrics[kind]:
            return
        ids = [one.id for one in media]

        def may_be_halved(answer: Answer) -> bool:
            return _has_none(answer) or (len(ids) > 1 and errors.is_too_much(answer))

        fields = _fields(self._metrics[kind])
        answer, told = self._graph.nodes(ids, fields, accept=may_be_halved)
        for name, raw in told.items():
            found[name] = parse(MediaInsights, raw, answer)
        if is_good(answer):
            return
        if _is_forbidden(answer):
            self._metrics = dict.fromkeys(self._metrics, ())
        elif _is_about_metrics(answer) and self._knows_fewer(kind, media[0]):
            self._read(kind, media, found)
        elif len(media) > 1:
            middle = len(media) // 2
            self._read(kind, media[:middle], found)
            self._read(kind, media[middle:], found)
        elif errors.is_before_conversion(answer):
            self._converted_after = media[0].timestamp

    def _knows_fewer(self, kind: str, one: Media) -> bool:
        """Ask for each metric alone; whether some, but not all, are refused."""
        asked = self._metrics[kind]

        def works(metric: str) -> bool:
            answer, _ = self._graph.nodes([one.id], _fields((metric,)), accept=_has_none)
            return is_good(answer)

        working = tuple(filter(works, asked))
        if not working or working == asked:
            return False
        self._metrics[kind] = working
        return True

    def of_days(self, account: str, since: date, until: date) -> dict[date, dict[str, int]]:
        """Figures by day of Meta's calendar, as far as days are over.

        Totals are asked for day by day, because Meta adds them up over the span of a call.
        """
        until = min(until, datetime.now(CALENDAR).date() - timedelta(days=1))
        found: dict[date, dict[str, int]] = {}
        for day, _ in spans(since, until, 1):
            told = self._totals(account, day)
            if told:
                found[day] = told
        for first, last in spans(since, until, LONGEST_SPAN):
            series = {"metric": FOLLOWERS, "metric_type": "time_series"}
            answer = self._ask(account, first, last, series)
            if not is_good(answer):
                # An account with few followers has no such series.
                break
            for day, figures in by_day(parse(Insights, answer.json(), answer)).items():
                if since <= day <= until:
                    found.setdefault(day, {}).update(figures)
        return found

    def _totals(self, account: str, day: date) -> dict[str, int]:
        answer = self._total(account, day, self._day_metrics)
        if is_good(answer):
            return lifetime(parse(Insights, answer.json(), answer))
        figures: dict[str, int] = {}
        working = []
        for metric in self._day_metrics if _is_about_metrics(answer) else ():
            answer = self._total(account, day, (metric,))
            if is_good(answer):
                working.append(metric)
                figures.update(lifetime(parse(Insights, answer.json(), answer)))
        if working:
            self._day_metrics = tuple(working)
        return figures

    def _total(self, account: str, day: date, metrics: Sequence[str]) -> Answer:
        asked = {"metric": ",".join(metrics), "metric_type": "total_value"}
        return self._ask(account, day, day, asked)

    def _ask(self, account: str, first: date, last: date, asked: Mapping[str, str]) -> Answer:
        params = {
            **asked,
            "period": "day",
            "since": starts_at(first),
            "until": starts_at(last + timedelta(days=1)),
        }
        return self._graph.call("GET", f"/{account}/insights", accept=_is_about, params=params)


def _fields(metrics: Sequence[str]) -> str:
    return f"id,insights.metric({','.join(metrics)})"


def _is_forbidden(answer: Answer) -> bool:
    """The right to insights is missing: no use asking for others."""
    missing = isinstance(errors.failure(answer, secrets=()), PermissionMissing)
    return missing and not errors.is_not_given(answer)


def _is_about_metrics(answer: Answer) -> bool:
    return (
        errors.is_bad_parameter(answer) and not errors.is_not_given(answer) and not is_gone(answer)
    )


def _is_about(answer: Answer) -> bool:
    return errors.is_bad_parameter(answer) or errors.is_not_given(answer)


def _has_none(answer: Answer) -> bool:
    return _is_about(answer) or is_gone(answer) or _is_forbidden(answer)
