from __future__ import annotations

from content.models.media import MediaFile
from content.models.post import Post, PostVersion
from content.models.publication import Attempt, Publication
from content.models.review import Decision, Review

__all__ = ["Attempt", "Decision", "MediaFile", "Post", "PostVersion", "Publication", "Review"]
