"""The public register: a copy of what the public may see, the check, and its cached pages."""
