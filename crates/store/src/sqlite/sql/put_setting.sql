INSERT INTO setting (clinic, name, body)
VALUES (?1, ?2, ?3)
ON CONFLICT (clinic, name) DO UPDATE SET body = excluded.body
