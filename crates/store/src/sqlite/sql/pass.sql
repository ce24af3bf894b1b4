SELECT hash, kind, clinic, who, until, body FROM pass WHERE hash = ?1
