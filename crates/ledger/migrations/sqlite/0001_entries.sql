-- The entries. Databases that were made before there were migrations have these tables already.
CREATE TABLE IF NOT EXISTS entry (
    sha TEXT NOT NULL,
    number INTEGER NOT NULL,
    request TEXT NOT NULL,
    part INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (sha, number),
    UNIQUE (sha, request, part)
) STRICT;
CREATE TABLE IF NOT EXISTS wcc_schema (version INTEGER PRIMARY KEY) STRICT;
INSERT INTO wcc_schema (version) VALUES (1) ON CONFLICT DO NOTHING;
