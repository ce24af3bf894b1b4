DELETE FROM pass WHERE clinic = ?1 AND who = ?2 AND kind = ?3
