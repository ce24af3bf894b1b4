DELETE FROM pass WHERE hash = ?1
