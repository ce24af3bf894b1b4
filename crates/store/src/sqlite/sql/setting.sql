SELECT body FROM setting WHERE clinic = ?1 AND name = ?2
