"""What Mastodon and servers like it answer, as far as govsocial reads it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PositiveInt,
    StrictInt,
    TypeAdapter,
    ValidationError,
    WrapValidator,
)

from govsocial.platforms.clock import Moment
from govsocial.platforms.errors import BadAnswer, Refused
from govsocial.platforms.http import Answer
from govsocial.platforms.oauth import or_none


def _hidden(value: Any) -> Any:
    # A server that hides the number of followers says -1.
    return None if value == -1 else value


Count = StrictInt | None


class Answered(BaseModel):
    # Identifiers are strings; some servers send them as numbers.
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)


class Account(Answered):
    id: str
    username: str
    display_name: str | None = None
    url: str | None = None
    followers_count: Annotated[Count, BeforeValidator(_hidden)] = None
    following_count: Count = None
    statuses_count: Count = None


class Author(Answered):
    id: str


class Status(Answered):
    id: str
    created_at: Moment
    url: str | None = None
    uri: str | None = None
    visibility: str = "public"
    content: str | None = None
    account: Author | None = None
    in_reply_to_id: str | None = None
    in_reply_to_account_id: str | None = None
    reblog: dict[str, Any] | None = None
    media_attachments: list[Any] = []
    replies_count: Count = None
    reblogs_count: Count = None
    favourites_count: Count = None
    quotes_count: Count = None


class Media(Answered):
    id: str


Most = Annotated[PositiveInt | None, WrapValidator(or_none)]
Kinds = Annotated[list[str] | None, WrapValidator(or_none)]
"""What a server says of itself in another way than others do is not said: the rest counts."""


class _Statuses(Answered):
    max_characters: Most = None
    max_media_attachments: Most = None
    characters_reserved_per_url: Most = None


class Attachments(Answered):
    image_size_limit: Most = None
    video_size_limit: Most = None
    description_limit: Most = None
    supported_mime_types: Kinds = None


class Configuration(Answered):
    statuses: _Statuses = Field(default_factory=_Statuses)
    media_attachments: Attachments = Field(default_factory=Attachments)


class Instance(Answered):
    configuration: Configuration = Field(default_factory=Configuration)


_LIST = TypeAdapter(list[dict[str, Any]])


def objects(answer: Answer) -> list[dict[str, Any]]:
    """The answer as a list of objects, or ``BadAnswer``."""
    try:
        return _LIST.validate_python(answer.json())
    except ValidationError:
        pass
    raise BadAnswer(f"{answer.where}: the answer is not a list.", status=answer.status)


def segment(name: str) -> str:
    """``name`` as one part of a path; identifiers are letters and digits everywhere."""
    if not name or not all(character.isalnum() or character in "-_" for character in name):
        raise Refused("This is not an identifier of this platform.")
    return name
