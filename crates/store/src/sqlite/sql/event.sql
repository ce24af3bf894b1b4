SELECT seq, id, at, received_at, kind, body
FROM event
WHERE clinic = ?1 AND patient = ?2 AND id = ?3
