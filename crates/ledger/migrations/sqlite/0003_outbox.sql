-- Messages for people. Each is identified by what it follows from and whom it is for, so that it is made once.
CREATE TABLE IF NOT EXISTS message (
    sha TEXT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    role TEXT NOT NULL,
    body TEXT NOT NULL,
    cycle TEXT NOT NULL,
    text TEXT NOT NULL,
    target TEXT NOT NULL,
    -- Microseconds since 1970.
    made INTEGER NOT NULL,
    -- waiting, sent or failed.
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    -- Microseconds since 1970.
    next_attempt INTEGER NOT NULL,
    -- Why the last attempt failed, if it did.
    problem TEXT,
    PRIMARY KEY (sha, id)
) STRICT;
-- Up to which entry and day messages were made.
CREATE TABLE IF NOT EXISTS outbox (
    sha TEXT NOT NULL PRIMARY KEY,
    entry INTEGER NOT NULL,
    day TEXT NOT NULL
) STRICT;
INSERT INTO wcc_schema (version) VALUES (3);
