INSERT INTO event (clinic, patient, seq, id, at, received_at, kind, body)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
ON CONFLICT (clinic, patient, id) DO NOTHING
