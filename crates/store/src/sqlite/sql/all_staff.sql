SELECT login, name, password, body FROM staff WHERE clinic = ?1 ORDER BY login
