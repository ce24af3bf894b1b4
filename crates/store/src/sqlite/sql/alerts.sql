SELECT id, level, since, open, body
FROM alert
WHERE clinic = ?1 AND patient = ?2
ORDER BY since DESC, id DESC
