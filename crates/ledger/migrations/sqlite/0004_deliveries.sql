-- What has become of each message, and who has got it.
-- How often a server took on sending it, whether or not that counts as an attempt: no two claims are the same.
ALTER TABLE message ADD COLUMN claims INTEGER NOT NULL DEFAULT 0;
-- To how many addresses it was sent, and how many refuse it for good.
ALTER TABLE message ADD COLUMN sent_to INTEGER NOT NULL DEFAULT 0;
ALTER TABLE message ADD COLUMN refused_by INTEGER NOT NULL DEFAULT 0;
-- Who last had it sent again, and when (microseconds since 1970).
ALTER TABLE message ADD COLUMN sent_again_by TEXT;
ALTER TABLE message ADD COLUMN sent_again_at INTEGER;
CREATE INDEX IF NOT EXISTS message_to_send ON message (sha, state, next_attempt);
-- What became of a message at each address.
CREATE TABLE IF NOT EXISTS message_recipient (
    sha TEXT NOT NULL,
    message TEXT NOT NULL,
    -- A digest of the message and the address, so that no address is kept here.
    recipient TEXT NOT NULL,
    -- sent, refused or deferred.
    state TEXT NOT NULL,
    -- Microseconds since 1970.
    noted INTEGER NOT NULL,
    -- Why it was not sent, if it was not.
    problem TEXT,
    PRIMARY KEY (sha, message, recipient)
) STRICT;
-- When a server that sends messages last ran.
CREATE TABLE IF NOT EXISTS message_sender (
    sha TEXT NOT NULL PRIMARY KEY,
    -- Microseconds since 1970.
    seen INTEGER NOT NULL
) STRICT;
INSERT INTO wcc_schema (version) VALUES (4);
