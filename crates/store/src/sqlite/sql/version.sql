SELECT version FROM record WHERE clinic = ?1 AND patient = ?2
