-- Surveys, outside the ledger. No table has a row number, a serial number or a time.
CREATE TABLE wcc_survey (
    sha TEXT NOT NULL,
    -- CYCLE/BODY/QUESTIONNAIRE.
    id TEXT NOT NULL,
    -- What its tokens and the file of its key begin with.
    tag TEXT NOT NULL,
    cycle TEXT NOT NULL,
    body TEXT NOT NULL,
    -- The questionnaire, as TOML.
    questionnaire TEXT NOT NULL,
    -- The last day for answers.
    closes TEXT NOT NULL,
    -- open, closing or closed.
    state TEXT NOT NULL,
    -- Grows with every change, so that two changes never overlook each other.
    revision INTEGER NOT NULL,
    -- Who was invited and has answered, and which boxes and imports belong to the survey, sealed
    -- for this revision, questionnaire and last day. NULL once the survey is closed.
    roster BLOB,
    -- What may be published, as JSON; NULL while the survey is open.
    results TEXT,
    -- Who began to close the survey, as JSON; NULL while it is open, and once it is closed.
    closer TEXT,
    PRIMARY KEY (sha, id),
    UNIQUE (tag)
) WITHOUT ROWID;
-- Sheets that are saved and not submitted, sealed; the key is derived from the token.
CREATE TABLE wcc_survey_draft (
    tag TEXT NOT NULL,
    key BLOB NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (tag, key)
) WITHOUT ROWID;
-- Submitted sheets, sealed: each row is a box of many sheets in random order, and is written anew
-- as a whole. The key is random.
CREATE TABLE wcc_survey_box (
    tag TEXT NOT NULL,
    key BLOB NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (tag, key)
) WITHOUT ROWID;
-- Counts of answers that were collected elsewhere, sealed; the key is random.
CREATE TABLE wcc_survey_import (
    tag TEXT NOT NULL,
    key BLOB NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (tag, key)
) WITHOUT ROWID;
CREATE TABLE wcc_survey_schema (version INTEGER NOT NULL PRIMARY KEY) WITHOUT ROWID;
INSERT INTO wcc_survey_schema (version) VALUES (1);
