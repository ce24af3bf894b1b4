INSERT INTO patient (clinic, patient, name, body, sort, search)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (clinic, patient) DO UPDATE
SET name = excluded.name, body = excluded.body, sort = excluded.sort, search = excluded.search
