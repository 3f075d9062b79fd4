#!/bin/sh
# Runs once, when docker-compose.yml makes the database: the owner migrates, the application only
# works and owns no table (docs/howto/protect-the-trail.md).
set -eu
psql --set ON_ERROR_STOP=1 --set "owner_password=$DATABASE_OWNER_PASSWORD" \
    --set "app_password=$DATABASE_PASSWORD" --username "$POSTGRES_USER" --dbname postgres <<'SQL'
CREATE ROLE govsocial_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE govsocial_app LOGIN PASSWORD :'app_password';
CREATE DATABASE govsocial OWNER govsocial_owner;
REVOKE ALL ON DATABASE govsocial FROM PUBLIC;
GRANT CONNECT ON DATABASE govsocial TO govsocial_app;
\connect govsocial
GRANT USAGE ON SCHEMA public TO govsocial_app;
ALTER DEFAULT PRIVILEGES FOR ROLE govsocial_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO govsocial_app;
ALTER DEFAULT PRIVILEGES FOR ROLE govsocial_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO govsocial_app;
SQL
