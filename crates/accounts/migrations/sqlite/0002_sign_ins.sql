-- Sign-ins with an OpenID provider that have begun. Each is removed when its answer comes.
CREATE TABLE wcc_sign_in (
    -- The SHA-256 of the state that comes back with the answer.
    state BLOB NOT NULL PRIMARY KEY,
    -- The SHA-256 of what the browser has that began it.
    browser BLOB NOT NULL,
    -- The path to go to afterwards.
    return_to TEXT NOT NULL,
    created INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO wcc_account_schema (version) VALUES (2);
