SELECT id, level, since, open, body
FROM alert
WHERE clinic = ?1 AND patient = ?2 AND open = 1
ORDER BY since DESC, id DESC
