SELECT event, level, at, body
FROM told
WHERE clinic = ?1 AND patient = ?2 AND event = ?3
