"""What TikTok answers, as far as govsocial reads it. A missing counter stays None."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from govsocial.platforms.oauth import Rights, Seconds, Told


class Answered(BaseModel):
    model_config = ConfigDict(extra="ignore")


def _count(value: Any) -> int | None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and value >= 0 else None


def _identifier(value: Any) -> Any:
    """Ids come as text or as numbers above 2^53; they are kept as text."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _identifiers(value: Any) -> Any:
    """One id, several, or none yet."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


Count = Annotated[int | None, BeforeValidator(_count)]
Identifier = Annotated[str, BeforeValidator(_identifier), Field(pattern=r"^[0-9]{1,25}$")]
Flag = Annotated[bool | None, BeforeValidator(_flag)]


class User(Answered):
    open_id: str = Field(min_length=1)
    username: str | None = None
    display_name: str = ""
    profile_deep_link: str | None = None
    is_verified: Flag = None
    follower_count: Count = None
    following_count: Count = None
    video_count: Count = None


class UserData(Answered):
    user: dict[str, Any]


class Video(Answered):
    id: Identifier
    create_time: int = Field(ge=0, le=32_503_680_000)
    title: str | None = None
    video_description: str | None = None
    share_url: str | None = None
    view_count: Count = None
    like_count: Count = None
    comment_count: Count = None
    share_count: Count = None

    @property
    def words(self) -> str:
        return self.video_description or self.title or ""


class VideoList(Answered):
    videos: list[dict[str, Any]]
    cursor: Count = None
    has_more: Flag = None


class Videos(Answered):
    videos: list[dict[str, Any]]


class Creator(Answered):
    creator_username: str | None = None
    privacy_level_options: list[str]
    comment_disabled: bool = False
    duet_disabled: bool = False
    stitch_disabled: bool = False
    max_video_post_duration_sec: int | None = None


class PhotosBegun(Answered):
    publish_id: str = Field(min_length=1)


class FilmBegun(Answered):
    publish_id: str = Field(min_length=1)
    upload_url: str = Field(min_length=1)


class Progress(Answered):
    """What became of a post. ``post_ids`` has TikTok's own spelling."""

    status: str
    fail_reason: str | None = None
    post_ids: Annotated[list[Identifier], BeforeValidator(_identifiers)] = Field(
        default_factory=list, alias="publicaly_available_post_id"
    )
    uploaded_bytes: Count = None


class Token(BaseModel):
    access_token: str = Field(min_length=1)
    refresh_token: str | None = None
    expires_in: Seconds = None
    refresh_expires_in: Seconds = None
    open_id: Told = None
    scope: Rights = None
