-- A request is known by its actor and identifier, not by its identifier alone.
--
-- Entries so far are in format 1: they name an author, who was the operator. An entry that cannot
-- be read is copied as it is; whoever reads the ledger finds it. SQLite cannot drop a constraint,
-- so the table is written anew.
CREATE TABLE entry_by_actor (
    sha TEXT NOT NULL,
    number INTEGER NOT NULL,
    person TEXT NOT NULL,
    role TEXT NOT NULL,
    -- The body that they acted for; empty for none.
    body TEXT NOT NULL,
    -- The cycle that the role is limited to; empty for none.
    cycle TEXT NOT NULL,
    request TEXT NOT NULL,
    part INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (sha, number),
    UNIQUE (sha, request, person, role, body, cycle, part)
) STRICT;
INSERT INTO entry_by_actor
SELECT
    sha,
    number,
    CASE
        WHEN json_valid(CAST(bytes AS TEXT))
        THEN COALESCE(json_extract(CAST(bytes AS TEXT), '$.author'), '')
        ELSE ''
    END,
    'operator',
    '',
    '',
    request,
    part,
    bytes,
    hash
FROM entry
ORDER BY sha, number;
DROP TABLE entry;
ALTER TABLE entry_by_actor RENAME TO entry;
INSERT INTO wcc_schema (version) VALUES (2);
