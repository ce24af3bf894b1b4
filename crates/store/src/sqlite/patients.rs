//! Patients, alone and in lists.

use rusqlite::{Connection, Result, Row, params};

use super::ask::{all, change, one};
use super::assessments::assessment_from;
use super::fold::fold;
use crate::{AssessmentRow, Key, PatientRow};

/// A patient beside their last assessment.
pub(super) type Listed = (PatientRow, Option<AssessmentRow>);

pub(super) fn put(conn: &Connection, clinic: &str, row: &PatientRow) -> Result<()> {
    let sort = fold(&row.name);
    let search = format!("{sort}\n{}", fold(&row.body));
    let sql = include_str!("sql/put_patient.sql");
    change(conn, sql, params![clinic, row.patient, row.name, row.body, sort, search])?;
    change(conn, include_str!("sql/open_record.sql"), params![clinic, row.patient])?;
    Ok(())
}

pub(super) fn get(conn: &Connection, key: &Key) -> Result<Option<PatientRow>> {
    one(conn, include_str!("sql/patient.sql"), params![key.clinic, key.patient], patient_from)
}

pub(super) fn search(conn: &Connection, clinic: &str, search: &str, limit: u32) -> Result<Vec<Listed>> {
    let wanted = fold(search.trim());
    all(conn, include_str!("sql/patients.sql"), params![clinic, wanted, limit], listed_from)
}

pub(super) fn everyone(conn: &Connection, clinic: &str) -> Result<Vec<Listed>> {
    all(conn, include_str!("sql/everyone.sql"), params![clinic], listed_from)
}

/// Columns 0–2: patient, name, body.
pub(super) fn patient_from(row: &Row<'_>) -> Result<PatientRow> {
    Ok(PatientRow { patient: row.get(0)?, name: row.get(1)?, body: row.get(2)? })
}

fn listed_from(row: &Row<'_>) -> Result<Listed> {
    Ok((patient_from(row)?, assessment_from(row, 3)?))
}
