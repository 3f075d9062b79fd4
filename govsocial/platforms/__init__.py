"""Clients of the platforms. ``connect`` makes the right one; everything else is in ``base``."""
