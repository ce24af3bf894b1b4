INSERT INTO pass (hash, kind, clinic, who, until, body)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (hash) DO UPDATE
SET kind = excluded.kind, clinic = excluded.clinic, who = excluded.who, until = excluded.until, body = excluded.body
