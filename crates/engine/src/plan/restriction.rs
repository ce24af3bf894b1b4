//! What is allowed today, and when that changes.

use super::PhaseState;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use lamella_pathway::{Allowed, Compiled, Row};
use serde::{Deserialize, Serialize};

/// A restriction on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    /// Restriction id.
    pub id: String,
    /// What is allowed: `at-most`, `not-at-all`, a code of the restriction's own, or `free`.
    pub allowed: String,
    /// The limit in tenths of the unit, for `at-most`.
    pub tenths: Option<i32>,
    /// The unit.
    pub unit: String,
    /// The row's first day.
    pub from: i32,
    /// The row's last day, if it ends.
    pub until: Option<i32>,
    /// Whether the number is the clinic's to confirm.
    pub clinic_must_confirm: bool,
    /// What comes after it, and on which day at the earliest.
    pub next: Option<NextLimit>,
}

/// What comes after a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextLimit {
    /// Its first day.
    pub day: i32,
    /// What will be allowed.
    pub allowed: String,
    /// The limit in tenths of the unit.
    pub tenths: Option<i32>,
    /// The unit.
    pub unit: String,
}

/// The day whose limits hold. A limit relaxes only when its day has come and its phase has been entered; a step back takes the
/// first row of its phase.
pub fn limit_day(pathway: &Compiled, phase: &PhaseState, day: i32) -> i32 {
    let Some(holds) = pathway.phases.get(phase.index) else { return day.max(0) };
    if phase.stay.as_ref().is_some_and(|stay| stay.step_back) {
        return holds.from.min(day.max(0));
    }
    day.clamp(0, holds.to.max(0))
}

/// All restrictions on a day.
pub fn limits(pathway: &Compiled, day: i32) -> Vec<Limit> {
    let on = |row: &&Row| (row.from..=row.to).contains(&day);
    let limit = |restriction: &lamella_pathway::Restriction| {
        let row = restriction.rows.iter().find(on)?;
        let (allowed, tenths) = word(&restriction.codes, row.allowed);
        let next = restriction.rows.iter().find(|next| next.from == row.to.saturating_add(1)).map(|next| {
            let (allowed, tenths) = word(&restriction.codes, next.allowed);
            NextLimit { day: next.from, allowed, tenths, unit: next.unit.clone() }
        });
        Some(Limit {
            id: restriction.id.clone(),
            allowed,
            tenths,
            unit: row.unit.clone(),
            from: row.from,
            until: (row.to != i32::MAX).then_some(row.to),
            clinic_must_confirm: restriction.clinic_must_confirm,
            next,
        })
    };
    pathway.restrictions.iter().filter_map(limit).collect()
}

fn word(codes: &[String], allowed: Allowed) -> (String, Option<i32>) {
    match allowed {
        Allowed::AtMost(tenths) => ("at-most".to_string(), Some(tenths)),
        Allowed::NotAtAll => ("not-at-all".to_string(), None),
        Allowed::Free => ("free".to_string(), None),
        Allowed::Code(place) => (codes.get(usize::from(place)).cloned().unwrap_or_default(), None),
    }
}
