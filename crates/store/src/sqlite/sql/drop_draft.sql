DELETE FROM draft WHERE clinic = ?1 AND patient = ?2
