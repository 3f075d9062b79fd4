"""Every version there ever was of the lists that people confirm, the one asked for now last.

The database knows them too: another version comes with a migration (``content.models.review`` and
the function ``content_is_complete``).
"""

from __future__ import annotations

ETHICS_VERSIONS = (1,)
CONDUCT_VERSIONS = (1,)
