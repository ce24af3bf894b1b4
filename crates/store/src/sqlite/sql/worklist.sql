SELECT w.patient, p.name, p.body,
       a.version, a.level, a.at, a.body,
       w.id, w.level, w.since, w.open, w.body
FROM alert w
JOIN patient p ON p.clinic = w.clinic AND p.patient = w.patient
LEFT JOIN assessment a ON a.clinic = w.clinic AND a.patient = w.patient
WHERE w.clinic = ?1 AND w.open = 1
ORDER BY w.level DESC, w.since, w.patient, w.id
