"""Films that are what their digest says, to be read piece by piece."""

from __future__ import annotations

from content.film_pieces import Pieces
from content.models import FilmPieces, MediaFile


def whole_film(media: MediaFile) -> Pieces | None:
    """The film, once its bytes have been compared as a whole; None where they are others.

    Its pieces are kept. Where others are kept already, somebody wrote them who had no such film:
    then it is not taken for whole either.
    """
    pieces = media.compared()
    return pieces if pieces is not None and keep_pieces(media.sha256, pieces) else None


def film_to_read(media: MediaFile) -> Pieces | None:
    """The film by the pieces that are kept of it; compared as a whole where none are."""
    kept = FilmPieces.objects.filter(sha256=media.sha256).first()
    if kept is None:
        return whole_film(media)
    return Pieces(media.path, kept.size, bytes(kept.digests))


def keep_pieces(sha256: str, pieces: Pieces) -> bool:
    """Write the digests of the pieces of a film down, once for all units: they follow from its
    bytes, so nobody is their writer. Whether those that are kept are these."""
    kept, _is_new = FilmPieces.objects.get_or_create(
        sha256=sha256, defaults={"size": pieces.size, "digests": pieces.digests}
    )
    return (kept.size, bytes(kept.digests)) == (pieces.size, pieces.digests)
