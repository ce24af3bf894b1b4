INSERT INTO told (clinic, patient, event, level, at, body)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (clinic, patient, event) DO NOTHING
