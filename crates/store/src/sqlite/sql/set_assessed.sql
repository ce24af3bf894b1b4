UPDATE record SET assessed = ?3 WHERE clinic = ?1 AND patient = ?2
