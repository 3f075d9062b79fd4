"""What kinds of accounts there are: platforms, media, channels, audiences.

Media kinds after Nasrullah (2015), Media Sosial; channel kinds after Bertot, Jaeger and Grimes
(2012), doi 10.1108/17506161211214831; audiences as usual in e-government.
"""

from __future__ import annotations

import re

from django.db import models
from django.utils.translation import gettext_lazy as _


class OfficialPlatform(models.TextChoices):
    """Every platform that the register knows, with an API or without."""

    INSTAGRAM = "instagram", "Instagram"
    FACEBOOK = "facebook", "Facebook"
    X = "x", "X"
    YOUTUBE = "youtube", "YouTube"
    TIKTOK = "tiktok", "TikTok"
    THREADS = "threads", "Threads"
    BLUESKY = "bluesky", "Bluesky"
    MASTODON = "mastodon", "Mastodon"
    FEED = "feed", _("Website or blog")
    WHATSAPP = "whatsapp", _("WhatsApp channel")
    TELEGRAM = "telegram", "Telegram"
    LINKEDIN = "linkedin", "LinkedIn"
    WIKI = "wiki", "Wiki"
    OTHER = "other", _("Another platform")


SIGNS = {
    "instagram": "IG", "facebook": "FB", "x": "X", "youtube": "YT", "tiktok": "TT",
    "threads": "TH", "bluesky": "BS", "mastodon": "MA", "feed": "WEB", "whatsapp": "WA",
    "telegram": "TG", "linkedin": "LI", "wiki": "WIKI", "other": "…",
}  # fmt: skip
"""Each platform where there is very little room; never without its name for who cannot tell."""

# Named by an address instead of by a handle.
ADDRESSED = frozenset({"feed", "wiki", "other", "whatsapp"})


# Given out by the platform itself, also to accounts that have a name.
_IDS = {"facebook": re.compile(r"\d+"), "youtube": re.compile(r"UC[A-Za-z0-9_-]{22}")}


def is_id(platform: str, handle: str) -> bool:
    """Whether the platform gave it out itself, as a number of an account that may have a name."""
    return platform in _IDS and _IDS[platform].fullmatch(handle) is not None


def at_handle(platform: str, handle: str) -> str:
    """As people write it: with the sign where the platform has names, else the address or the
    number."""
    is_bare = platform in ADDRESSED or is_id(platform, handle)
    return handle if is_bare else f"@{handle.lstrip('@')}"


class MediaKind(models.TextChoices):
    SOCIAL_NETWORK = "social_network", _("Social network")
    BLOG = "blog", _("Blog")
    MICROBLOG = "microblog", _("Microblog")
    MEDIA_SHARING = "media_sharing", _("Media sharing")
    BOOKMARKING = "bookmarking", _("Social bookmarking")
    WIKI = "wiki", _("Wiki")


class ChannelKind(models.TextChoices):
    BLOG = "blog", _("Blog (one way)")
    WIKI = "wiki", _("Wiki (written together)")
    NETWORKING = "networking", _("Social networking and media sharing")
    MICROBLOG = "microblog", _("Microblogging")
    MASHUP = "mashup", _("Mashup (combined data and services)")


class Audience(models.TextChoices):
    CITIZENS = "g2c", _("Citizens (G2C)")
    BUSINESS = "g2b", _("Businesses (G2B)")
    GOVERNMENT = "g2g", _("Other agencies (G2G)")
    EMPLOYEES = "g2e", _("Own employees, the internal public (G2E)")


class TwoStep(models.TextChoices):
    ON = "on", _("On")
    OFF = "off", _("Off")
    UNKNOWN = "unknown", _("Not known")


# What a new account most likely is; a person may say otherwise, and a platform may be several.
USUAL_KINDS: dict[str, tuple[tuple[MediaKind, ...], ChannelKind | None]] = {
    "instagram": ((MediaKind.SOCIAL_NETWORK, MediaKind.MEDIA_SHARING), ChannelKind.NETWORKING),
    "facebook": ((MediaKind.SOCIAL_NETWORK,), ChannelKind.NETWORKING),
    "x": ((MediaKind.MICROBLOG,), ChannelKind.MICROBLOG),
    "youtube": ((MediaKind.MEDIA_SHARING,), ChannelKind.NETWORKING),
    "tiktok": ((MediaKind.MEDIA_SHARING,), ChannelKind.NETWORKING),
    "threads": ((MediaKind.MICROBLOG,), ChannelKind.MICROBLOG),
    "bluesky": ((MediaKind.MICROBLOG,), ChannelKind.MICROBLOG),
    "mastodon": ((MediaKind.MICROBLOG,), ChannelKind.MICROBLOG),
    "feed": ((MediaKind.BLOG,), ChannelKind.BLOG),
    "whatsapp": ((MediaKind.SOCIAL_NETWORK,), ChannelKind.NETWORKING),
    "telegram": ((MediaKind.SOCIAL_NETWORK,), ChannelKind.NETWORKING),
    "linkedin": ((MediaKind.SOCIAL_NETWORK,), ChannelKind.NETWORKING),
    "wiki": ((MediaKind.WIKI,), ChannelKind.WIKI),
    "other": ((), None),
}
