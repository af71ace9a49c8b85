-- People who sign in, and their sessions. Times are milliseconds since 1970.
CREATE TABLE wcc_account (
    -- The sign-in name, in lower case.
    name TEXT NOT NULL PRIMARY KEY,
    -- The person, as entries name them, and the same in lower case: two accounts never look alike.
    person TEXT NOT NULL,
    person_key TEXT NOT NULL UNIQUE,
    -- Who vouches for the person, and as whom: an issuer and its subject, as JSON. NULL for a local account.
    identity TEXT UNIQUE,
    -- Argon2id, in the PHC form; NULL if nobody can sign in with a password.
    password TEXT,
    -- pending, active or disabled.
    state TEXT NOT NULL,
    -- 1 for an account of a demonstration.
    demonstration INTEGER NOT NULL,
    -- The roles, as JSON.
    grants TEXT NOT NULL,
    -- Grows with every change, so that two changes never overlook each other.
    revision INTEGER NOT NULL,
    -- Grows whenever all sessions end: sessions of an earlier epoch are over.
    epoch INTEGER NOT NULL,
    created INTEGER NOT NULL,
    signed_in INTEGER
) WITHOUT ROWID;
CREATE TABLE wcc_session (
    -- The SHA-256 of what the browser has.
    digest BLOB NOT NULL PRIMARY KEY,
    account TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    -- The chosen role: ROLE;body=CODE;cycle=ID. Empty for the first.
    chosen TEXT NOT NULL,
    created INTEGER NOT NULL,
    used INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX wcc_session_account ON wcc_session (account);
CREATE TABLE wcc_account_schema (version INTEGER NOT NULL PRIMARY KEY) WITHOUT ROWID;
INSERT INTO wcc_account_schema (version) VALUES (1);
