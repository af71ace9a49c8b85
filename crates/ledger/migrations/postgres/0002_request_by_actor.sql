-- A request is known by its actor and identifier, not by its identifier alone.
--
-- Entries so far are in format 1: they name an author, who was the operator. Only the author is
-- read, since other text may hold what PostgreSQL's JSON functions refuse.
ALTER TABLE entry
    ADD COLUMN person TEXT NOT NULL DEFAULT '',
    ADD COLUMN role TEXT NOT NULL DEFAULT 'operator',
    -- The body that they acted for; empty for none.
    ADD COLUMN body TEXT NOT NULL DEFAULT '',
    -- The cycle that the role is limited to; empty for none.
    ADD COLUMN cycle TEXT NOT NULL DEFAULT '';
UPDATE entry SET person = COALESCE(
    substring(
        convert_from(bytes, 'UTF8')
        FROM '"author":("(?:[^"\\]|\\.)*"),"request":'
    )::json #>> '{}',
    ''
);
ALTER TABLE entry
    ALTER COLUMN person DROP DEFAULT,
    ALTER COLUMN role DROP DEFAULT,
    DROP CONSTRAINT entry_sha_request_part_key,
    ADD UNIQUE (sha, request, person, role, body, cycle, part);
INSERT INTO wcc_schema (version) VALUES (2);
