"""What the media library writes to the trail. Words about a picture are kept as marks only."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from content.cleaning import KINDS
from content.media_fields import LABELS, in_words
from govsocial.audit.events import event

MEDIA_UPLOADED = event(
    "content.media.uploaded",
    "sha256",
    "size",
    "metadata_removed",
    label=_("Picture or film uploaded"),
    sentence=_("%(actor)s uploaded %(target)s."),
    words={"metadata_removed": KINDS},
)
MEDIA_UPLOADED_AGAIN = event(
    "content.media.uploaded_again",
    "sha256",
    "metadata_removed",
    label=_("Uploaded again"),
    sentence=_("%(actor)s uploaded %(target)s again; it was in the library already."),
    words={"metadata_removed": KINDS},
)
MEDIA_DESCRIBED = event(
    "content.media.described",
    "edition",
    "changed",
    "before",
    "after",
    label=_("Details of a picture or film changed"),
    sentence=_("%(actor)s changed the details of %(target)s: %(changed)s."),
    words={"changed": LABELS},
    kept_words=in_words,
)
MEDIA_ARCHIVED = event(
    "content.media.archived",
    label=_("Picture or film put away"),
    sentence=_("%(actor)s put %(target)s away."),
)
MEDIA_RESTORED = event(
    "content.media.restored",
    label=_("Picture or film brought back"),
    sentence=_("%(actor)s brought %(target)s back into the library."),
)
MEDIA_VARIANT_MADE = event(
    "content.media.variant_made",
    "rule",
    "variant_sha256",
    "size",
    label=_("Made for a platform"),
    sentence=_("A version of %(target)s was made for platforms that do not take it as it is."),
)
MEDIA_DOCUMENT_TAKEN_OUT = event(
    "content.media.document_taken_out",
    "document",
    "file_name",
    "file_sha256",
    label=_("Proof or consent downloaded"),
    sentence=_("%(actor)s downloaded “%(file_name)s” of %(target)s."),
)
MEDIA_EXPORTED = event(
    "content.media.exported",
    "rows",
    "filters",
    label=_("List of media exported"),
    sentence=_("%(actor)s exported a list of %(rows)s pictures and films."),
)
