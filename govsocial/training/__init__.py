"""Stand-ins of the platforms for training and demo: real HTTP, made-up agency.

Pure Python, without Django: what talks to this package is an ordinary platform client.
"""
