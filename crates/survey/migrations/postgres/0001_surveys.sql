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
    revision BIGINT NOT NULL,
    -- Who was invited and who has answered, sealed; NULL once the survey is closed.
    roster BYTEA,
    -- What may be published, as JSON; NULL while the survey is open.
    results TEXT,
    PRIMARY KEY (sha, id),
    UNIQUE (tag)
);
-- Answer sheets, sealed. The key of a saved sheet is derived from its token, that of a submitted
-- one is random.
CREATE TABLE wcc_survey_sheet (
    tag TEXT NOT NULL,
    key BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (tag, key)
);
-- Counts of answers that were collected elsewhere, sealed; the key is the digest of the file.
CREATE TABLE wcc_survey_import (
    tag TEXT NOT NULL,
    key BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (tag, key)
);
CREATE TABLE wcc_survey_schema (version BIGINT NOT NULL PRIMARY KEY);
INSERT INTO wcc_survey_schema (version) VALUES (1);
