//! Why a use-case could not be carried out.

use lamella_store::StoreError;
use std::fmt;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// The machine's fault.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no such patient at this clinic.
    #[error("there is no patient `{0}` at this clinic")]
    NoPatient(String),
    /// There is no such alert.
    #[error("there is no alert `{0}` in this record")]
    NoAlert(String),
    /// Something needed is missing or does not fit.
    #[error("{0}")]
    Wrong(Fault),
    /// An event was not taken.
    #[error("{0}")]
    Refused(String),
    /// What is kept cannot be read back. It is never overwritten.
    #[error("the kept {what} of `{of}` cannot be read: {why}")]
    Unreadable {
        /// What.
        what: &'static str,
        /// Whose.
        of: String,
        /// Why.
        why: String,
    },
    /// Somebody or the clock was faster.
    #[error("{0}")]
    Late(Late),
}

/// A field that does not fit. The screens say it in the reader's language; `Display` is the English.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// No name, or one too long.
    Name,
    /// No birth date, or one that does not lie in the past 120 years.
    Born,
    /// No procedure date, or one more than ten years ago or a year from now.
    ProcedureDate,
    /// The procedure lies before the birth.
    ProcedureBeforeBirth,
    /// No telephone number, or one too long.
    Phone,
    /// No level treated.
    Levels,
    /// Not 0 to 10.
    BaselinePain,
    /// No such time zone.
    TimeZone,
    /// Not one of the pathway's languages.
    Language,
    /// A contact attempt without an outcome.
    Outcome,
    /// A resolve without a disposition.
    Disposition,
    /// What was said about the change is none of the answers.
    Change,
    /// The case is open: it is said as it is resolved.
    ChangeStands,
    /// Something was said about a change, and no case of the reading was named.
    ChangeOfNothing,
    /// The ending says that nothing changed, and what was said about the change, that it was real.
    ChangeAgainstEnding,
    /// Two answers came for one question.
    ChangeTwice,
    /// A resolve without a note.
    Note,
    /// A note longer than anybody reads.
    NoteTooLong,
    /// Not a date.
    NotADate,
    /// An emergency cannot be put down as known.
    KnownEmergency,
    /// Only what a rule found can be known.
    KnownNoFinding,
    /// A finding is known for at most 28 days.
    KnownTooLong,
    /// A finding is known to a day that has not gone by.
    KnownPast,
    /// A login of 1 to 80 letters.
    Login,
    /// A password of at least 12 letters.
    Password,
}

impl Fault {
    /// The form's field.
    pub fn field(self) -> &'static str {
        match self {
            Fault::Name => "name",
            Fault::Born => "born",
            Fault::ProcedureDate | Fault::ProcedureBeforeBirth => "procedure_date",
            Fault::Phone => "phone",
            Fault::Levels => "levels",
            Fault::BaselinePain => "baseline_pain",
            Fault::TimeZone => "time_zone",
            Fault::Language => "language",
            Fault::Outcome => "outcome",
            Fault::Disposition => "disposition",
            Fault::Change | Fault::ChangeStands | Fault::ChangeOfNothing | Fault::ChangeAgainstEnding | Fault::ChangeTwice => "change",
            Fault::Note | Fault::NoteTooLong => "note",
            Fault::NotADate | Fault::KnownEmergency | Fault::KnownNoFinding | Fault::KnownTooLong | Fault::KnownPast => "known_until",
            Fault::Login => "login",
            Fault::Password => "password",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Fault::Name => "Give the whole name, up to 120 letters.",
            Fault::Born => "Give the date of birth; it lies in the past, at most 120 years ago.",
            Fault::ProcedureDate => "Give the date of the procedure: at most ten years ago, and at most a year from now.",
            Fault::ProcedureBeforeBirth => "The procedure cannot lie before the birth.",
            Fault::Phone => "Give a telephone number at which the person can be reached, up to 40 letters.",
            Fault::Levels => "Tick at least one level that was treated.",
            Fault::BaselinePain => "Choose a number from 0 to 10, or leave it open.",
            Fault::TimeZone => "Choose the time zone the person lives in.",
            Fault::Language => "Choose one of the pathway’s languages.",
            Fault::Outcome => "Choose what came of it.",
            Fault::Disposition => "Choose how it ended.",
            Fault::Change => "Choose one of the answers.",
            Fault::ChangeOfNothing => "Tick the row below that this answer is about, or choose “Not answered”.",
            Fault::ChangeAgainstEnding => {
                "How it ended says that nothing changed, and this answer that it did: change one of them. Alerts that ended differently are resolved one by one."
            }
            Fault::ChangeTwice => "More than one answer came for this question, and none was taken: choose one.",
            Fault::ChangeStands => "This case is open again, and your answer was not stored: it stands chosen here; send it as you resolve the alert.",
            Fault::Note => "Say in a few words what was found and done.",
            Fault::NoteTooLong => "A note holds at most 4,000 letters.",
            Fault::NotADate => "This is not a date.",
            Fault::KnownEmergency => "An emergency is never put down as known.",
            Fault::KnownNoFinding => "Only what somebody answered can be known; leave the date open.",
            Fault::KnownTooLong => "A finding can be known for at most 28 days.",
            Fault::KnownPast => "This date has gone by: choose today or a later day, or leave it open.",
            Fault::Login => "A login is 1 to 80 letters.",
            Fault::Password => "A password has at least 12 letters; four random words do well.",
        })
    }
}

/// What came too late.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Late {
    /// A colleague has taken the alert.
    TakenBy(String),
    /// A colleague has resolved it.
    ResolvedBy(String),
    /// Answers came in, or a colleague did something, that whoever acts had not seen.
    News,
    /// There is nothing to undo.
    NothingToUndo,
    /// More than a minute has passed.
    UndoTooLate,
    /// The record is being written by somebody else, over and over.
    Busy,
    /// The check-in has been sent.
    Sent,
}

impl fmt::Display for Late {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Late::TakenBy(by) => write!(f, "{by} has taken it already."),
            Late::ResolvedBy(by) => write!(f, "{by} has resolved it already."),
            Late::News => f.write_str("Something new came in that this page did not show."),
            Late::NothingToUndo => f.write_str("There is nothing to undo."),
            Late::UndoTooLate => f.write_str("More than a minute has passed; write down what changed instead."),
            Late::Sent => f.write_str("This check-in has been sent already."),
            Late::Busy => f.write_str("The record is being written by somebody else; try again."),
        }
    }
}
