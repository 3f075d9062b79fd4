from __future__ import annotations

from content.models.freeze import Freeze, Halt
from content.models.media import MediaFile
from content.models.policy import ApprovalPolicy, Sensitivity
from content.models.post import Post, PostVersion
from content.models.publication import Attempt, Publication
from content.models.retrospective import Retrospective
from content.models.review import Decision, Review, StageKind

__all__ = [
    "ApprovalPolicy",
    "Attempt",
    "Decision",
    "Freeze",
    "Halt",
    "MediaFile",
    "Post",
    "PostVersion",
    "Publication",
    "Retrospective",
    "Review",
    "Sensitivity",
    "StageKind",
]
