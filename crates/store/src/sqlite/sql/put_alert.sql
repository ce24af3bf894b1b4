INSERT INTO alert (clinic, patient, id, level, since, open, body)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT (clinic, patient, id) DO UPDATE
SET level = excluded.level, since = excluded.since, open = excluded.open, body = excluded.body
