SELECT version, state FROM snapshot WHERE clinic = ?1 AND patient = ?2
