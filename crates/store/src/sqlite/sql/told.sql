SELECT event, level, at, body
FROM told
WHERE clinic = ?1 AND patient = ?2
ORDER BY at DESC, event DESC
LIMIT ?3
