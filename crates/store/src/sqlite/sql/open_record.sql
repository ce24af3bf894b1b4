INSERT INTO record (clinic, patient) VALUES (?1, ?2)
ON CONFLICT (clinic, patient) DO NOTHING
