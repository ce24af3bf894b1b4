SELECT patient, p.name, p.body, a.version, a.level, a.at, a.body
FROM patient p LEFT JOIN assessment a USING (clinic, patient)
WHERE clinic = ?1 AND instr(p.search, ?2) > 0
ORDER BY p.sort, patient
LIMIT ?3
