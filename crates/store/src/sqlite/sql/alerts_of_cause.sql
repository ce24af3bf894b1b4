SELECT patient, id, level, since, open, body
FROM alert
WHERE clinic = ?1 AND id > ?2 || ':' AND id < ?2 || ';'
ORDER BY patient, since, id
