SELECT patient, name, body FROM patient WHERE clinic = ?1 AND patient = ?2
