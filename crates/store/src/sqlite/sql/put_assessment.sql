INSERT INTO assessment (clinic, patient, version, level, at, body)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (clinic, patient) DO UPDATE
SET version = excluded.version, level = excluded.level, at = excluded.at, body = excluded.body
