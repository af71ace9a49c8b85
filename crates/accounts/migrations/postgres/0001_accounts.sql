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
    demonstration BIGINT NOT NULL,
    -- The roles, as JSON.
    grants TEXT NOT NULL,
    -- Grows with every change, so that two changes never overlook each other.
    revision BIGINT NOT NULL,
    -- Grows whenever all sessions end: sessions of an earlier epoch are over.
    epoch BIGINT NOT NULL,
    created BIGINT NOT NULL,
    signed_in BIGINT
);
CREATE TABLE wcc_session (
    -- The SHA-256 of what the browser has.
    digest BYTEA NOT NULL PRIMARY KEY,
    account TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    -- The chosen role: ROLE;body=CODE;cycle=ID. Empty for the first.
    chosen TEXT NOT NULL,
    created BIGINT NOT NULL,
    used BIGINT NOT NULL
);
CREATE INDEX wcc_session_account ON wcc_session (account);
CREATE TABLE wcc_account_schema (version BIGINT NOT NULL PRIMARY KEY);
INSERT INTO wcc_account_schema (version) VALUES (1);
