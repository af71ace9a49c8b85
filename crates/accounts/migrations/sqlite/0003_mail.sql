-- Where messages for the person are sent; NULL if nowhere.
ALTER TABLE wcc_account ADD COLUMN mail TEXT;
INSERT INTO wcc_account_schema (version) VALUES (3);
