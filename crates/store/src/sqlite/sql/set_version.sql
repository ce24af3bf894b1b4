UPDATE record SET version = ?3 WHERE clinic = ?1 AND patient = ?2
