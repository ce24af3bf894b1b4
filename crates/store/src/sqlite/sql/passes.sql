SELECT hash, kind, clinic, who, until, body FROM pass WHERE clinic = ?1 AND who = ?2 AND kind = ?3 ORDER BY until
