SELECT at, body FROM draft WHERE clinic = ?1 AND patient = ?2
