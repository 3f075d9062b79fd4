"""The short numbers that are called in an emergency, the same in the whole of Indonesia.

112 for everything: Regulation 10/2016 of the Minister of Communication and Information Technology
(https://layanan112.kominfo.go.id/alur). It joins those of the police (110), the fire brigades (113)
and the ambulances (118, 119); 115 are search and rescue, https://basarnas.go.id. 129 is left out:
sources name different services.
"""

from __future__ import annotations

ALL = frozenset({"110", "112", "113", "115", "118", "119"})
