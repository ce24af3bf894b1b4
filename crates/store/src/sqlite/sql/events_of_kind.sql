SELECT seq, id, at, received_at, kind, body
FROM event
WHERE clinic = ?1 AND patient = ?2 AND kind = ?3
ORDER BY seq
