SELECT clinic, patient, at, body FROM draft WHERE at < ?1 ORDER BY at, clinic, patient
