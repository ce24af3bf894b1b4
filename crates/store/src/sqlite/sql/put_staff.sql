INSERT INTO staff (clinic, login, name, password, body)
VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (clinic, login) DO UPDATE
SET name = excluded.name, password = excluded.password, body = excluded.body
