"""The tables of a training database."""

from __future__ import annotations

SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sessions (
    digest TEXT PRIMARY KEY, kind TEXT NOT NULL, account TEXT NOT NULL, family TEXT NOT NULL,
    expires REAL NOT NULL, revoked INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS sessions_family ON sessions (family);
CREATE TABLE IF NOT EXISTS posts (
    account TEXT NOT NULL, key TEXT NOT NULL, at REAL NOT NULL, value TEXT NOT NULL,
    revision TEXT NOT NULL, deleted REAL, PRIMARY KEY (account, key));
CREATE INDEX IF NOT EXISTS posts_at ON posts (account, at, key);
CREATE TABLE IF NOT EXISTS removed (
    account TEXT NOT NULL, key TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY (account, key));
CREATE TABLE IF NOT EXISTS blobs (
    cid TEXT NOT NULL, account TEXT NOT NULL, media_type TEXT NOT NULL, size INTEGER NOT NULL,
    PRIMARY KEY (cid, account));
CREATE TABLE IF NOT EXISTS media (
    id INTEGER PRIMARY KEY, account TEXT NOT NULL, cid TEXT NOT NULL, media_type TEXT NOT NULL,
    width INTEGER NOT NULL, height INTEGER NOT NULL, description TEXT, ready REAL NOT NULL,
    attached TEXT);
CREATE TABLE IF NOT EXISTS idempotency (
    account TEXT NOT NULL, key TEXT NOT NULL, status TEXT NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (account, key));
CREATE TABLE IF NOT EXISTS things (
    kind TEXT NOT NULL, key TEXT NOT NULL, account TEXT NOT NULL, at REAL NOT NULL,
    value TEXT NOT NULL, PRIMARY KEY (kind, key));
CREATE INDEX IF NOT EXISTS posts_answering ON posts (at)
    WHERE json_extract(value, '$.reply_to') IS NOT NULL;
"""
