INSERT INTO snapshot (clinic, patient, version, state)
VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (clinic, patient) DO UPDATE
SET version = excluded.version, state = excluded.state
