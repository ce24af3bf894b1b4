INSERT INTO draft (clinic, patient, at, body)
VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (clinic, patient) DO UPDATE SET at = excluded.at, body = excluded.body
