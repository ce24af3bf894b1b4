//! What is tried on the virtual people: a pathway, or a comparator.

use crate::answers::Plan;
use crate::rule::Rule;
use crate::signs::{Sign, Signs};
use lamella_engine::Pathways;
use lamella_pathway::{Cond, Contact};
use lamella_record::Level;
use std::collections::BTreeMap;

/// Causes that the engine itself knows, beside a pathway's rules.
const OWN_CAUSES: [&str; 7] = ["unknown", "otherwise", "floor", "silence", "hold", "history", "not-asked"];

/// One arm of a trial.
#[derive(Debug, Clone)]
pub struct Arm {
    /// Its name in reports.
    pub name: String,
    /// What judges.
    pub judge: Judge,
    /// When somebody reads.
    pub contact: Contact,
    /// Causes by place.
    pub causes: Vec<String>,
    by_cause: BTreeMap<String, usize>,
    /// Per cause, whether its rule speaks of the reading.
    by_reading: Vec<bool>,
    /// Everyday signs.
    pub everyday: Everyday,
}

/// What judges.
#[derive(Debug, Clone)]
pub enum Judge {
    /// A pathway, by the engine.
    Pathway(Box<Judged>),
    /// A comparator.
    Rule(Rule),
}

/// A pathway and how its questions are answered.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The pathway.
    pub pathways: Pathways,
    /// How its questions are answered.
    pub plan: Plan,
}

/// The signs of ordinary days, by place; `None` when the signs file has no such word.
#[derive(Debug, Clone, Copy, Default)]
#[allow(missing_docs)]
pub struct Everyday {
    pub ache: Option<Sign>,
    pub stiff: Option<Sign>,
    pub low_back: Option<Sign>,
    pub buttock: Option<Sign>,
    pub thigh: Option<Sign>,
    pub below_knee: Option<Sign>,
    pub after_activity: Option<Sign>,
    pub no_reason: Option<Sign>,
    pub did_not_rise: Option<Sign>,
    pub in_hours: Option<Sign>,
    pub by_morning: Option<Sign>,
    pub not_settling: Option<Sign>,
    pub better: Option<Sign>,
    pub same: Option<Sign>,
    pub worse: Option<Sign>,
    pub in_flare: Option<Sign>,
    pub needle_sore: Option<Sign>,
    pub otc: Option<Sign>,
    pub prescribed: Option<Sign>,
    pub fell: Option<Sign>,
}

impl Everyday {
    fn new(signs: &Signs) -> Everyday {
        Everyday {
            ache: signs.sign("ache"),
            stiff: signs.sign("stiff"),
            low_back: signs.sign("low-back"),
            buttock: signs.sign("buttock"),
            thigh: signs.sign("thigh"),
            below_knee: signs.sign("below-knee"),
            after_activity: signs.sign("after-activity"),
            no_reason: signs.sign("no-reason"),
            did_not_rise: signs.sign("did-not-rise"),
            in_hours: signs.sign("settled-in-hours"),
            by_morning: signs.sign("settled-by-morning"),
            not_settling: signs.sign("not-settling"),
            better: signs.sign("felt-better"),
            same: signs.sign("felt-same"),
            worse: signs.sign("felt-worse"),
            in_flare: signs.sign("in-flare"),
            needle_sore: signs.sign("needle-sore"),
            otc: signs.sign("took-otc"),
            prescribed: signs.sign("took-prescribed"),
            fell: signs.sign("fell"),
        }
    }
}

impl Arm {
    /// A pathway.
    pub fn pathway(name: &str, pathway: impl Into<Pathways>, signs: &Signs) -> Arm {
        let pathways = pathway.into();
        let pathway = pathways.current();
        let causes: Vec<String> =
            pathway.rules.iter().map(|rule| rule.id.clone()).chain(OWN_CAUSES.iter().map(|cause| cause.to_string())).collect();
        let mut by_reading: Vec<bool> = pathway.rules.iter().map(|rule| reads_trajectory(&rule.when)).collect();
        by_reading.resize(causes.len(), false);
        let contact = pathway.contact.clone();
        let plan = Plan::new(pathway, signs.bind(pathway));
        let judge = Judge::Pathway(Box::new(Judged { pathways, plan }));
        Arm::new(name, judge, contact, causes, by_reading, signs)
    }

    /// A comparator, in a clinic with these hours.
    pub fn rule(rule: Rule, contact: Contact, signs: &Signs) -> Arm {
        let causes: Vec<String> = rule.causes().iter().map(|cause| cause.to_string()).collect();
        let by_reading = vec![false; causes.len()];
        Arm::new(rule.word(), Judge::Rule(rule), contact, causes, by_reading, signs)
    }

    fn new(name: &str, judge: Judge, contact: Contact, causes: Vec<String>, by_reading: Vec<bool>, signs: &Signs) -> Arm {
        let by_cause = causes.iter().enumerate().map(|(place, cause)| (cause.clone(), place)).collect();
        Arm { name: name.to_string(), judge, contact, causes, by_cause, by_reading, everyday: Everyday::new(signs) }
    }

    /// The place of a cause; an unknown one counts as the last.
    pub fn cause(&self, word: &str) -> usize {
        self.by_cause.get(word).copied().unwrap_or(self.causes.len().saturating_sub(1))
    }

    /// Whether the trajectory is read here at all.
    pub fn has_reading(&self) -> bool {
        matches!(self.judge, Judge::Pathway(_))
    }

    /// Whether a cause's rule speaks of the reading.
    pub fn reads(&self, cause: &str) -> bool {
        self.by_reading.get(self.cause(cause)).copied().unwrap_or(false)
    }

    /// Signs that cannot be told here.
    pub fn untellable(&self) -> &[String] {
        match &self.judge {
            Judge::Pathway(judged) => &judged.plan.bound.untellable,
            Judge::Rule(_) => &[],
        }
    }

    /// The level that signs have to reach here; a comparator does not ask for them.
    pub fn at_least(&self, signs: &[Sign]) -> Level {
        match &self.judge {
            Judge::Pathway(judged) => judged.plan.at_least(signs),
            Judge::Rule(_) => Level::Expected,
        }
    }

    /// Whether one of these signs is urgent and cannot be told here.
    pub fn cannot_tell(&self, signs: &[Sign]) -> bool {
        let Judge::Pathway(judged) = &self.judge else { return false };
        let said = signs.iter().filter_map(|sign| judged.plan.bound.signs.get(usize::from(*sign)));
        said.into_iter().any(|said| said.ways.is_empty() && said.at_least >= Level::Attention)
    }
}

fn reads_trajectory(cond: &Cond) -> bool {
    let mut reads = false;
    cond.each(&mut |inner| reads |= matches!(inner, Cond::Reading { .. }));
    reads
}
