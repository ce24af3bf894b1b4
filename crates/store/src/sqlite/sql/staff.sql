SELECT login, name, password, body FROM staff WHERE clinic = ?1 AND login = ?2
