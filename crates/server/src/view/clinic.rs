//! The clinic's pages: rail, list, person.

use super::figure::PainChart;
use super::icon::Icon;
use super::patient::MessageKind;
use super::shared::{Answer, Call, Change, Choice, FormTarget, GroupedPick, Input, Level, Link, Mend, NavItem, Pick, Reason, Sentence};
use super::words::{Word, Words};
use askama::Template;

/// What stands around each of the clinic's pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClinicShell {
    /// The page's title, as in the browser's tab.
    pub title: String,
    /// The clinic's name.
    pub clinic: String,
    /// Who is signed in.
    pub staff: String,
    /// The rail: only pages that exist.
    pub nav: Vec<NavItem>,
    /// Where *Sign out* is posted.
    pub sign_out: FormTarget,
    /// Whether the switch of the language stands there. It is a link: on a page that answered a form it would lose what that holds.
    pub switch: bool,
    /// Something that has just happened, such as `Resolved: Ana Kowalski.`
    pub notice: Option<String>,
    /// What was just done and can be undone for a minute.
    pub undo: Option<Undo>,
}

/// What was just done and can be undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undo {
    /// What was done, such as `You took Ana Kowalski, 10:51.`
    pub text: String,
    /// Where *Undo* is posted.
    pub form: FormTarget,
}

/// The clinic's sign-in.
#[derive(Debug, Clone, Template)]
#[template(path = "clinic/sign_in.html")]
pub struct SignInPage {
    /// The reader's language.
    pub t: Words,
    /// The clinic's name.
    pub clinic: String,
    /// Where it is posted (fields `login` and `password`).
    pub form: FormTarget,
    /// The login that was tried.
    pub login: String,
    /// Why it was refused; never which of the two was wrong.
    pub error: Option<String>,
    /// Something to know, such as `You were signed out after 12 hours.`
    pub notice: Option<String>,
    /// Logins to try, on the demo clinic only.
    pub demo: Option<String>,
    /// Where *Help now* leads, for a patient who got lost.
    pub help_href: String,
}

// ── Worklist ───────────────────────────────────────────────────────────────────────────────────────────────────────

/// The worklist: who needs somebody, and the person beside it.
#[derive(Debug, Clone, Template)]
#[template(path = "clinic/worklist.html")]
pub struct WorklistPage {
    /// The reader's language.
    pub t: Words,
    /// What stands around the page.
    pub shell: ClinicShell,
    /// The list.
    pub list: WorklistRows,
    /// The address that the search is sent to (GET, field `q`).
    pub search_href: String,
    /// The selected person.
    pub person: Option<PersonPanel>,
    /// Whether the person was chosen (a narrow screen then shows the person in the list's place) or stands for want of
    /// a choice.
    pub chosen: bool,
    /// The list alone, for the way back on a narrow screen.
    pub list_href: String,
}

/// The rows of the worklist; also sent alone to a page that is open, when something has changed.
#[derive(Debug, Clone, Template)]
#[template(path = "clinic/worklist_rows.html")]
pub struct WorklistRows {
    /// The reader's language.
    pub t: Words,
    /// The rows, the most urgent first.
    pub rows: Vec<AlertRow>,
    /// What was searched for.
    pub query: Option<String>,
    /// That the search means people of whom nothing is open, such as `2 patients match, with nothing open`.
    pub matching: Option<String>,
    /// How many there are in words, such as `7 to answer`.
    pub count: String,
    /// What came in between about the alerts of the person beside the list, for a page on which somebody is typing.
    pub between: Vec<Between>,
    /// Who waits for somebody to take them, whatever is searched for.
    pub waiting: Waiting,
}

/// Who waits for somebody to take them: an open page tells by it what is new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// How many people stand in the whole list.
    pub people: usize,
    /// How many of them nobody has taken, at attention or above.
    pub urgent: usize,
    /// The emergencies that nobody has taken.
    pub emergencies: Vec<WaitingPerson>,
}

/// Somebody who waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingPerson {
    /// The alert's id within a page.
    pub key: String,
    /// Where the row leads.
    pub href: String,
    /// The name.
    pub name: String,
}

/// What a colleague or the person did about an alert after a page was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Between {
    /// The alert's id within a page.
    pub key: String,
    /// What, in a sentence.
    pub text: String,
}

impl askama::filters::HtmlSafe for WorklistRows {}

/// One alert in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertRow {
    /// The alert's id, by which an open page tells what is new.
    pub key: String,
    /// Where the row leads.
    pub href: String,
    /// Whether it is the one being shown.
    pub selected: bool,
    /// The alert's level.
    pub level: Level,
    /// The person's name.
    pub name: String,
    /// Age and day, such as `63 · day 55`.
    pub about: String,
    /// Why, in words, such as `New kind of pain below the left knee; answer by 12:00.`
    pub reason: Sentence,
    /// Since when, such as `38 min ago` or `Fri 18:04`.
    pub since: String,
    /// How long the time to answer has been over, such as `due 3 h ago`, in the place of since when; none where it is not.
    pub late: Option<String>,
    /// The birth date, such as `4 Feb 1962`.
    pub born: String,
    /// The phone number as people write it.
    pub phone: Option<String>,
    /// Who has taken it, such as `Nora Lindqvist, 10:51`.
    pub owner: Option<String>,
    /// What was tried to reach the person, such as `2 calls, last 10:55: no answer · again at 11:00`.
    pub tries: Option<String>,
    /// That nobody has looked, such as `Not seen by anyone since Fri 18:04`.
    pub unseen: Option<String>,
    /// Whether the cause still holds at the latest check-in.
    pub run: Run,
    /// Whether its time to answer is over and nobody has spoken to the person.
    pub overdue: bool,
    /// Whether a later look no longer reaches it.
    pub no_longer_follows: bool,
    /// Whether the patient corrected the answer.
    pub corrected: bool,
    /// That the sign was taken back before its check-in was sent, such as `taken back on the phone 3:36; confirm by calling`.
    pub taken_back: Option<String>,
    /// Whether the person is invented.
    pub synthetic: bool,
}

/// Whether the cause of an alert still holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Run {
    /// It held at the latest check-in that asked.
    Happening,
    /// The latest check-in that asked says it is over.
    Over,
    /// Not said: silence, holds.
    Untold,
}

/// The person beside the list, and at the head of the person's own page.
#[derive(Debug, Clone, PartialEq)]
pub struct PersonPanel {
    /// The patient's id.
    pub id: String,
    /// As of when the page was made, in milliseconds: what a form of it carries too.
    pub seen: String,
    /// The person's name.
    pub name: String,
    /// Where the person's own page is.
    pub href: String,
    /// Whether the person is invented.
    pub synthetic: bool,
    /// The facts in a line, such as `b. 4 Feb 1962 · 63 · L4–L5 fibrin, 15 Jan · Rebuild, week 8 · Spanish`.
    pub facts: Vec<String>,
    /// The person's number.
    pub call: Option<Call>,
    /// Where the person stands, in a sentence or two.
    pub summary: Sentence,
    /// What was typed about an alert that no longer stands.
    pub unsent: Option<Unsent>,
    /// Findings that are known, such as `Known until 15 Dec: Pain at night (Nora Lindqvist)`.
    pub known: Vec<String>,
    /// The alerts to act on, the selected one first.
    pub alerts: Vec<AlertPanel>,
    /// Pain by day.
    pub chart: Option<PainChart>,
}

/// A note that could not be stored where it was meant to be, with a way to keep it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsent {
    /// Who was faster, when, and what they said.
    pub what: String,
    /// What was typed.
    pub note: String,
    /// Where it is posted as a note of the record (field `note`).
    pub form: FormTarget,
}

/// One alert with what can be done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertPanel {
    /// The alert's id on this page, as part of ids: letters, digits, `-`.
    pub key: String,
    /// Its level.
    pub level: Level,
    /// What it is, such as `New radiating pain`.
    pub title: String,
    /// Since when and until when, such as `Since 10:42 · answer by 12:00`.
    pub time: String,
    /// Whether the time to answer is over.
    pub late: bool,
    /// Who has taken it, such as `Taken by Nora Lindqvist, 10:51`.
    pub owner: Option<String>,
    /// Whether the cause still holds.
    pub run: Run,
    /// Whether its time to answer is over and nobody has spoken to the person.
    pub overdue: bool,
    /// Whether a later look no longer reaches it.
    pub no_longer_follows: bool,
    /// Whether the patient corrected the answer.
    pub corrected: bool,
    /// That the sign was taken back before its check-in was sent, such as `taken back on the phone 3:36; confirm by calling`.
    pub taken_back: Option<String>,
    /// What was done about it so far, such as `Mon 10:55 · no answer · Nora Lindqvist`.
    pub attempts: Vec<String>,
    /// Where *Take it* is posted: on the first that nobody has taken, and it takes them all.
    pub take: Option<FormTarget>,
    /// *Log a call…*: a contact attempt.
    pub contact: Option<ContactForm>,
    /// *Resolve…*
    pub resolve: Option<ResolveForm>,
    /// The rules that held, the deciding one first.
    pub reasons: Vec<Reason>,
    /// Safety questions that have no answer.
    pub unknown: Vec<String>,
    /// The pathway's revision in words, such as `revision 1`.
    pub revision: String,
    /// What would raise or lower it.
    pub changes: Vec<Change>,
    /// What the patient was told.
    pub told: Option<Told>,
}

/// A contact attempt that is being written down (fields `outcome` and `note`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactForm {
    /// Where it is posted.
    pub form: FormTarget,
    /// What came in between, when it was sent and not taken.
    pub notice: Option<String>,
    /// What came of it: answered, no answer, left a message, line busy, spoke to somebody else.
    pub outcomes: Pick,
    /// A note, free.
    pub note: Input,
    /// Whether it stands open.
    pub open: bool,
}

/// A resolve that is being written (fields `disposition` and `note`, and `known_until` where a finding can be known).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolveForm {
    /// Where it is posted.
    pub form: FormTarget,
    /// What came in between, when it was sent and not taken.
    pub notice: Option<String>,
    /// How it ends; required.
    pub dispositions: Pick,
    /// Why; required.
    pub note: Input,
    /// Whether the change was real; only where the reading told of one, here or in what the same note may close.
    pub change: Option<ChangeAsked>,
    /// The person's other open alerts, which the same note may close (field `also`, repeated); ticked where they come from the
    /// same answers.
    pub also: Vec<Choice>,
    /// Until when the finding is known, as an ISO date; none where the level forbids it.
    pub known_until: Option<Input>,
    /// Which alert that covers, where the person has others.
    pub known_covers: Option<String>,
    /// The last date that is allowed, as an ISO date.
    pub known_until_max: String,
    /// Whether it stands open.
    pub open: bool,
}

/// *Was the change real?*, never chosen beforehand (field `change`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeAsked {
    /// The answers.
    pub pick: Pick,
    /// What the answer counts for, where that is not this alert alone.
    pub counts_for: Option<String>,
}

/// What the patient was told, word for word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// When and in which language, such as `Mon 10:42, in Spanish`.
    pub when: String,
    /// The language's code, so that it is read aloud rightly.
    pub lang: String,
    /// The headline.
    pub headline: String,
    /// The sentences.
    pub sentences: Vec<Sentence>,
}

// ── Patients ───────────────────────────────────────────────────────────────────────────────────────────────────────

/// One person's page.
#[derive(Debug, Clone, Template)]
#[template(path = "clinic/patient.html")]
pub struct PatientPage {
    /// The reader's language.
    pub t: Words,
    /// What stands around the page.
    pub shell: ClinicShell,
    /// The way back.
    pub back: Link,
    /// The person and what is open.
    pub person: PersonPanel,
    /// What happened, the latest first.
    pub timeline: Vec<TimelineEntry>,
    /// Where older entries are.
    pub older_href: Option<String>,
    /// The limits in force today.
    pub limits: Vec<Limit>,
    /// What stands in their place where there are none.
    pub no_limits: String,
    /// Findings that a clinician has reviewed: what, until when, who and why.
    pub known: Vec<KnownFinding>,
    /// Closed cases of the reading, the newest first: whether each change was real can be said, and said anew, at any time.
    pub cases: Vec<ClosedCase>,
    /// The phone that is connected, or that none is, such as `Opened on a phone on 3 March.`
    pub invitation: String,
    /// Where *Invite again* is posted (field `lost` when the phones signed in so far are to be signed out).
    pub invite: FormTarget,
    /// Whether a phone is signed in, that could be lost.
    pub has_phone: bool,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelineEntry {
    /// The event's id on this page, as part of ids: letters, digits, `-`.
    pub key: String,
    /// When, such as `Mon 10:42`.
    pub when: String,
    /// The day, such as `day 55`.
    pub day: String,
    /// The picture, where there is no level.
    pub icon: Icon,
    /// The verdict's level, where there is a verdict.
    pub level: Option<Level>,
    /// What happened, such as `Check-in` or `Taken by Nora Lindqvist`.
    pub title: String,
    /// Which alert it is about, such as `Feeling ill in themselves · Tue 11 Mar`.
    pub about: Option<String>,
    /// More in a sentence.
    pub text: Option<Sentence>,
    /// What had been written and was taken back: struck through.
    pub struck: Option<String>,
    /// Marks, such as `arrived 3 h later`, `corrected`, `no longer follows`, `incomplete`.
    pub marks: Vec<String>,
    /// The answers.
    pub answers: Vec<Answer>,
    /// The rules that held.
    pub reasons: Vec<Reason>,
    /// Safety questions that have no answer.
    pub unknown: Vec<String>,
    /// The pathway's revision in words.
    pub revision: Option<String>,
    /// What the patient was told.
    pub told: Option<Told>,
    /// Whether the details stand open.
    pub open: bool,
}

impl TimelineEntry {
    /// Whether there is anything to open.
    pub fn has_more(&self) -> bool {
        !self.answers.is_empty() || !self.reasons.is_empty() || !self.unknown.is_empty() || self.told.is_some()
    }
}

/// A finding that a clinician has reviewed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownFinding {
    /// What it is, such as `Pain at night or at rest`.
    pub title: String,
    /// Until when and who, such as `Until 4 Mar 2026 · Nora Lindqvist`.
    pub until: String,
    /// Why.
    pub note: String,
    /// Where it is ended (field `note`).
    pub end: FormTarget,
}

/// A closed case of the reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosedCase {
    /// The alert's id on this page, as part of ids: letters, digits, `-`.
    pub key: String,
    /// What it is, such as `Pain has changed for good`.
    pub title: String,
    /// Since when, and how it was closed.
    pub course: String,
    /// The last word about it, such as `Nora Lindqvist, Tue 10:42: It was not a lasting change`; none where nobody has said.
    pub said: Option<String>,
    /// The way to its days in the table under the chart; none where they lie too far back.
    pub days: Option<Link>,
    /// The answers (field `change`), the last one chosen.
    pub change: Pick,
    /// Where an answer is posted.
    pub form: FormTarget,
}

/// A name and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is.
    pub name: String,
    /// Its value.
    pub value: String,
    /// The value's language, where it is not the reader's.
    pub lang: Option<&'static str>,
}

/// How often the reading is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HowOftenWrong {
    /// How much there is to count.
    pub basis: String,
    /// That it is too early to say more.
    pub early: Option<String>,
    /// Where a promise is broken.
    pub warnings: Vec<String>,
    /// A line each: what it is, of *lasting change*, of *watch*.
    pub rows: Vec<[String; 3]>,
    /// The closed cases that nobody has judged, and those that somebody has.
    pub closed: [Closed; 2],
}

/// Closed cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// The newest first, those that somebody could not judge yet last: the way to each, and what it is, such as
    /// `Possible change · Pain may have changed · Sat 3 Oct to Sat 31 Oct`, with the last word; and the way to its days in the chart.
    pub cases: Vec<(Link, String, Option<Link>)>,
    /// That there are more of them than stand here.
    pub more: Option<String>,
}

/// The pathway in force.
#[derive(Debug, Clone, Template)]
#[template(path = "clinic/pathway.html")]
pub struct PathwayPage {
    /// The reader's language.
    pub t: Words,
    /// What stands around the page.
    pub shell: ClinicShell,
    /// The revision in numbers.
    pub facts: Vec<Fact>,
    /// What readings stand on; empty where they stand on nothing.
    pub reading: Vec<Fact>,
    /// How often the reading is wrong, as promised and as seen here.
    pub wrong: Option<HowOftenWrong>,
    /// Where the rehearsal's page is, if one was filed.
    pub rehearsal_href: Option<String>,
    /// The command that makes one.
    pub how: String,
}

/// A limit in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// Its picture.
    pub icon: Icon,
    /// What it is about, such as `Lifting`.
    pub title: String,
    /// The limit, such as `up to 5 kg`.
    pub limit: String,
    /// Until when and why, such as `until day 84 · clinic must confirm`.
    pub note: String,
}

/// All patients.
#[derive(Debug, Clone, Template)]
#[template(path = "clinic/patients.html")]
pub struct PatientsPage {
    /// The reader's language.
    pub t: Words,
    /// What stands around the page.
    pub shell: ClinicShell,
    /// The address that the search is sent to (GET, field `q`).
    pub search_href: String,
    /// What was searched for; empty for all.
    pub query: String,
    /// How many in words, such as `64 patients`.
    pub count: String,
    /// The rows.
    pub rows: Vec<PatientRow>,
    /// Where *New patient* leads; none where it is not allowed.
    pub new_href: Option<String>,
    /// The page before.
    pub previous_href: Option<String>,
    /// The page after.
    pub next_href: Option<String>,
}

/// One patient in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatientRow {
    /// Where the row leads.
    pub href: String,
    /// The name.
    pub name: String,
    /// Birth date and age, such as `4 Feb 1962 · 63`.
    pub born: String,
    /// The phone number as people write it.
    pub phone: String,
    /// Phase and day, such as `Rebuild · day 55`.
    pub phase: String,
    /// The last check-in, such as `today 10:42`, or that there is none.
    pub last: String,
    /// The record's level; none before the first check-in.
    pub level: Option<Level>,
    /// Whether the person is invented.
    pub synthetic: bool,
}

/// The form for a new patient, as it stands.
#[derive(Debug, Clone, Template)]
#[template(path = "clinic/new_patient.html")]
pub struct NewPatientPage {
    /// The reader's language.
    pub t: Words,
    /// What stands around the page.
    pub shell: ClinicShell,
    /// The way back.
    pub back: Link,
    /// Where it is posted.
    pub form: FormTarget,
    /// Why it stands here again, when nothing is wrong with it.
    pub notice: Option<String>,
    /// Who looks like the same person (field `anyway` when it is somebody else).
    pub alike: Vec<Alike>,
    /// What has to be mended.
    pub mend: Vec<Mend>,
    /// Field `name`.
    pub name: Input,
    /// Field `born`, an ISO date.
    pub born: Input,
    /// Field `sex`; optional.
    pub sex: Pick,
    /// Field `phone`.
    pub phone: Input,
    /// Field `procedure_date`, an ISO date.
    pub procedure_date: Input,
    /// Field `levels`, repeated: `L1-L2` to `L5-S1`.
    pub levels: Pick,
    /// Field `baseline_pain`: 0 to 10; optional.
    pub baseline_pain: Pick,
    /// Field `time_zone`.
    pub time_zone: GroupedPick,
    /// Field `language`.
    pub language: Pick,
    /// The pathway that the person will follow, in words.
    pub pathway: String,
}

/// Somebody in the clinic who looks like the person being entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alike {
    /// The name, and where the record is.
    pub link: Link,
    /// What tells them apart, such as `b. 6 May 1970 · procedure 10 Mar 2025 · 555 0177`.
    pub facts: String,
}

/// A patient who has just been invited.
#[derive(Debug, Clone, Template)]
#[template(path = "clinic/invited.html")]
pub struct InvitedPage {
    /// The reader's language.
    pub t: Words,
    /// What stands around the page.
    pub shell: ClinicShell,
    /// The way back.
    pub back: Link,
    /// The person's name.
    pub name: String,
    /// The link, whole.
    pub link: String,
    /// The same link as a QR code: an `<svg>` element made by our own server, put into the page as it is.
    pub qr_svg: String,
    /// How long it holds, such as `Holds until Fri 14 March, 10:00. Works once.`
    pub expires: String,
    /// The person's own page.
    pub patient: Link,
    /// The clinic's number, printed on the sheet.
    pub call: Call,
}

/// A page for staff that says what happened: not found, not allowed, our fault. Without a rail where nobody is signed in.
#[derive(Debug, Clone, Template)]
#[template(path = "clinic/message.html")]
pub struct ClinicMessagePage {
    /// The reader's language.
    pub t: Words,
    /// What stands around the page.
    pub shell: ClinicShell,
    /// What kind of a message it is.
    pub kind: MessageKind,
    /// A sentence of its own, in place of the kind's usual one.
    pub text: Option<String>,
    /// What to tell whoever runs the server, such as a request id.
    pub reference: Option<String>,
    /// Where to go on.
    pub next: Option<Link>,
}

impl ClinicMessagePage {
    /// What happened, in words for staff.
    pub fn usual_text(&self) -> Word {
        match self.kind {
            MessageKind::NotFound => Word::StaffNotFoundText,
            MessageKind::NotAllowed => Word::StaffNotAllowedText,
            MessageKind::SignedOut | MessageKind::NowSignedOut => Word::StaffSignedOutText,
            MessageKind::FormExpired => Word::StaffFormExpiredText,
            MessageKind::NotUnderstood => Word::StaffNotUnderstoodText,
            MessageKind::Failed => Word::StaffFailedText,
            MessageKind::Offline => Word::ConnectionLost,
        }
    }

    /// The heading, in words for staff.
    pub fn title(&self) -> Word {
        match self.kind {
            MessageKind::SignedOut => Word::StaffSignedOut,
            kind => kind.title(),
        }
    }
}
