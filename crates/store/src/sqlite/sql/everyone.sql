SELECT patient, p.name, p.body, a.version, a.level, a.at, a.body
FROM patient p LEFT JOIN assessment a USING (clinic, patient)
WHERE clinic = ?1
ORDER BY patient
