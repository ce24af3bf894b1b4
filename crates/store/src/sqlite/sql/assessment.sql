SELECT version, level, at, body FROM assessment WHERE clinic = ?1 AND patient = ?2
