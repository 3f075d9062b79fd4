"""What can be known to be refused without asking the platform."""

from __future__ import annotations

from govsocial.platforms.base import Limits, OutgoingPost
from govsocial.platforms.errors import Refused


def check(post: OutgoingPost, limits: Limits, *, length: int, platform: str) -> None:
    """Raise ``Refused`` with the reason when ``post`` is beyond ``limits``."""
    if not post.text.strip() and not post.images:
        raise Refused("The post has neither text nor an image.")
    if length > limits.text:
        raise Refused(
            f"The text has {length} {limits.unit}; {platform} takes {limits.text} at most."
        )
    size = len(post.text.encode())
    if limits.text_bytes is not None and size > limits.text_bytes:
        raise Refused(f"The text has {size} bytes; {platform} takes {limits.text_bytes} at most.")
    if len(post.images) > limits.images:
        raise Refused(
            f"The post has {len(post.images)} images; {platform} takes {limits.images} at most."
        )
    for number, image in enumerate(post.images, start=1):
        if image.media_type not in limits.image_types:
            raise Refused(f"Image {number} is of a kind that {platform} does not take.")
        if len(image.data) > limits.image_bytes:
            raise Refused(
                f"Image {number} has {len(image.data)} bytes; "
                f"{platform} takes {limits.image_bytes} at most."
            )
        if len(image.alt) > limits.alt_text:
            raise Refused(
                f"The description of image {number} has {len(image.alt)} characters; "
                f"{platform} takes {limits.alt_text} at most."
            )
