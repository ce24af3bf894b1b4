SELECT clinic, patient FROM record WHERE version > assessed ORDER BY clinic, patient
