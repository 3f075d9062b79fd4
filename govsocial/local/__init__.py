"""What a machine with only Python needs to run everything: embedded servers and the demo.

Nothing here is used in production, where ``DATABASE_URL`` and ``REDIS_URL`` name real servers.
"""
