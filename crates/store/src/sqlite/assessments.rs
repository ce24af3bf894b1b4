//! What was concluded from a record: the assessment, its alerts, and what was told.

use rusqlite::{Connection, Result, Row, params};

use super::ask::{all, change, one};
use super::{events, patients};
use crate::{AlertRow, AssessmentRow, Commit, Committed, Key, ToldRow, WorkRow};

/// Compare and set: the caller's savepoint makes it one, the single writer makes it free of races. `None` if there is no such
/// patient.
pub(super) fn commit(conn: &Connection, key: &Key, commit: &Commit) -> Result<Option<Committed>> {
    match events::version(conn, key)? {
        None => return Ok(None),
        Some(version) if version != commit.version => {
            return Ok(Some(Committed::Stale { version }));
        }
        Some(_) => {}
    }
    put_assessment(conn, key, commit)?;
    if let Some(state) = &commit.snapshot {
        let row = params![key.clinic, key.patient, commit.version, state];
        change(conn, include_str!("sql/put_snapshot.sql"), row)?;
    }
    for alert in &commit.alerts {
        put_alert(conn, key, alert)?;
    }
    for told in &commit.told {
        put_told(conn, key, told)?;
    }
    Ok(Some(Committed::Done))
}

fn put_assessment(conn: &Connection, key: &Key, commit: &Commit) -> Result<()> {
    let Commit { version, level, at, assessment, .. } = commit;
    let row = params![key.clinic, key.patient, version, level, at, assessment];
    change(conn, include_str!("sql/put_assessment.sql"), row)?;
    change(conn, include_str!("sql/set_assessed.sql"), params![key.clinic, key.patient, version])?;
    Ok(())
}

fn put_alert(conn: &Connection, key: &Key, alert: &AlertRow) -> Result<()> {
    let AlertRow { id, level, since, open, body } = alert;
    let row = params![key.clinic, key.patient, id, level, since, open, body];
    change(conn, include_str!("sql/put_alert.sql"), row)?;
    Ok(())
}

fn put_told(conn: &Connection, key: &Key, told: &ToldRow) -> Result<()> {
    let ToldRow { event, level, at, body } = told;
    let row = params![key.clinic, key.patient, event, level, at, body];
    change(conn, include_str!("sql/put_told.sql"), row)?;
    Ok(())
}

pub(super) fn assessment(conn: &Connection, key: &Key) -> Result<Option<AssessmentRow>> {
    let sql = include_str!("sql/assessment.sql");
    one(conn, sql, params![key.clinic, key.patient], |row| assessment_from(row, 0)).map(Option::flatten)
}

pub(super) fn snapshot(conn: &Connection, key: &Key) -> Result<Option<(u64, Vec<u8>)>> {
    let sql = include_str!("sql/snapshot.sql");
    one(conn, sql, params![key.clinic, key.patient], |row| Ok((row.get(0)?, row.get(1)?)))
}

pub(super) fn alerts(conn: &Connection, key: &Key) -> Result<Vec<AlertRow>> {
    all(conn, include_str!("sql/alerts.sql"), params![key.clinic, key.patient], |row| alert_from(row, 0))
}

pub(super) fn open_alerts(conn: &Connection, key: &Key) -> Result<Vec<AlertRow>> {
    all(conn, include_str!("sql/open_alerts.sql"), params![key.clinic, key.patient], |row| alert_from(row, 0))
}

pub(super) fn alerts_of_cause(conn: &Connection, clinic: &str, cause: &str) -> Result<Vec<(String, AlertRow)>> {
    all(conn, include_str!("sql/alerts_of_cause.sql"), params![clinic, cause], |row| Ok((row.get(0)?, alert_from(row, 1)?)))
}

pub(super) fn told(conn: &Connection, key: &Key, limit: u32) -> Result<Vec<ToldRow>> {
    all(conn, include_str!("sql/told.sql"), params![key.clinic, key.patient, limit], told_from)
}

pub(super) fn told_about(conn: &Connection, key: &Key, event: &str) -> Result<Option<ToldRow>> {
    one(conn, include_str!("sql/told_about.sql"), params![key.clinic, key.patient, event], told_from)
}

fn told_from(row: &Row<'_>) -> Result<ToldRow> {
    Ok(ToldRow { event: row.get(0)?, level: row.get(1)?, at: row.get(2)?, body: row.get(3)? })
}

pub(super) fn worklist(conn: &Connection, clinic: &str) -> Result<Vec<WorkRow>> {
    all(conn, include_str!("sql/worklist.sql"), params![clinic], |row| {
        Ok(WorkRow { patient: patients::patient_from(row)?, assessment: assessment_from(row, 3)?, alert: alert_from(row, 7)? })
    })
}

/// Four columns from `first`: version, level, at, body; all null where there is no assessment.
pub(super) fn assessment_from(row: &Row<'_>, first: usize) -> Result<Option<AssessmentRow>> {
    let Some(version) = row.get(first)? else {
        return Ok(None);
    };
    Ok(Some(AssessmentRow { version, level: row.get(first + 1)?, at: row.get(first + 2)?, body: row.get(first + 3)? }))
}

/// Five columns from `first`: id, level, since, open, body.
fn alert_from(row: &Row<'_>, first: usize) -> Result<AlertRow> {
    Ok(AlertRow {
        id: row.get(first)?,
        level: row.get(first + 1)?,
        since: row.get(first + 2)?,
        open: row.get(first + 3)?,
        body: row.get(first + 4)?,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use rusqlite::Connection;

    fn plan(sql: &str, clinic: &str) -> String {
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch(include_str!("migrations/0001_start.sql")).unwrap();
        let mut steps = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let lines = steps.query_map([clinic], |row| row.get::<_, String>("detail")).unwrap();
        lines.map(Result::unwrap).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_worklist_comes_out_of_its_index_already_in_order() {
        let plan = plan(include_str!("sql/worklist.sql"), "demo");
        assert!(plan.contains("SEARCH w USING INDEX alert_open (clinic=?)"), "{plan}");
        assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{plan}");
    }
}
