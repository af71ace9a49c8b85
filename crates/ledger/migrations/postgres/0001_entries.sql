-- The entries. Databases that were made before there were migrations have these tables already.
CREATE TABLE IF NOT EXISTS entry (
    sha TEXT NOT NULL,
    number BIGINT NOT NULL,
    request TEXT NOT NULL,
    part BIGINT NOT NULL,
    bytes BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (sha, number),
    UNIQUE (sha, request, part)
);
CREATE TABLE IF NOT EXISTS wcc_schema (version BIGINT PRIMARY KEY);
INSERT INTO wcc_schema (version) VALUES (1) ON CONFLICT DO NOTHING;
