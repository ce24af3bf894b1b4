//! The patient's pages, phone first.

use super::figure::{PainChart, Ring};
use super::icon::Icon;
use super::shared::{Answer, Call, Change, Choice, FormTarget, Level, Link, Mend, NavItem, Reason, Sentence};
use super::words::{Word, Words};
use askama::Template;

/// What stands around each of the patient's pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatientShell {
    /// The page's title, as in the browser's tab.
    pub title: String,
    /// The date at the top of the page, such as `Tuesday 11 March`; shown where there is no way back.
    pub date: Option<String>,
    /// The way back, shown in the date's place.
    pub back: Option<Link>,
    /// Where *Help now* leads.
    pub help_href: String,
    /// The bottom bar: only pages that exist. Empty where a task is to be finished first.
    pub nav: Vec<NavItem>,
    /// Whether the person is invented, which every page then says.
    pub synthetic: bool,
}

// ── Today ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/// *Today*: where the person stands, what is asked of them, what is allowed.
#[derive(Debug, Clone, Template)]
#[template(path = "patient/today.html")]
pub struct TodayPage {
    /// The reader's language.
    pub t: Words,
    /// What stands around the page.
    pub shell: PatientShell,
    /// Something that has just happened, such as `You are signed in on this phone.`
    pub notice: Option<String>,
    /// The phase, the day and the ring.
    pub phase: PhaseHead,
    /// Everything at attention or emergency that still stands, in one card.
    pub standing: Option<StandingCard>,
    /// The check-in.
    pub check_in: CheckInCard,
    /// What is allowed, what is not yet, what is to be done.
    pub tiles: Vec<Tile>,
    /// Where *Can I…?* leads, once it exists.
    pub can_i_href: Option<String>,
    /// Where *It hurt, so I stopped* leads.
    pub stopped_href: Option<String>,
    /// What is free again, such as `No limit now: baths and pools.`
    pub free: Option<String>,
    /// What does the person good on such a day, walking among it.
    pub helps: Vec<String>,
    /// The next milestone.
    pub next_step: Option<NextStep>,
    /// From when the page is, for the phone that shows it again without a network.
    pub made: String,
}

impl TodayPage {
    /// Whether an emergency stands: then nothing on the page looks like an ordinary day.
    pub fn is_emergency(&self) -> bool {
        self.standing.as_ref().is_some_and(|card| card.level.is_emergency())
    }
}

/// The phase, the day and the ring.
#[derive(Debug, Clone, PartialEq)]
pub struct PhaseHead {
    /// The phase's name, such as `Protect`; empty before the procedure.
    pub name: String,
    /// The day, such as `Day 9`.
    pub day: String,
    /// One sentence, such as `5 more days of quiet while the seal settles`.
    pub sentence: String,
    /// The three phases as a figure.
    pub ring: Ring,
}

/// Signs that the clinic has not dealt with yet: one card for all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingCard {
    /// The level of the worst.
    pub level: Level,
    /// What to do, such as `Stop what you were doing and call us today`, or that it was corrected.
    pub headline: String,
    /// What was told, the worst first.
    pub lines: Vec<StandingLine>,
    /// What is known of the worst, such as `Not read yet; somebody reads it before 12:00.`
    pub state: String,
    /// `Until then: call.`
    pub until_then: String,
    /// Whom to call, the first first.
    pub calls: Vec<Call>,
    /// What an emergency department asks first.
    pub procedure: Option<String>,
    /// Where *What this means* leads.
    pub href: String,
    /// Where *I tapped the wrong answer* leads.
    pub mend_href: Option<String>,
    /// Where what nobody could answer is answered, if nothing else stands.
    pub answer_href: Option<String>,
}

/// A sign that was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingLine {
    /// Its level.
    pub level: Level,
    /// What was told and when.
    pub text: String,
    /// What has become of it.
    pub since: String,
}

/// The card *How is your back today?*
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckInCard {
    /// Where the day's check-in stands.
    pub state: CheckInState,
    /// How long it takes, and who reads answers until when: `One or two minutes. The clinic reads answers today until 17:00.`
    pub promise: String,
    /// Where the card's button leads.
    pub href: String,
    /// Where *Something is new or worse* leads.
    pub new_or_worse_href: String,
}

/// Where the day's check-in stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckInState {
    /// It is asked today and not begun.
    Due,
    /// It is begun and not sent.
    Begun {
        /// When it was last kept, such as `Kept at 10:38`.
        kept: String,
    },
    /// It is sent and judged.
    Done {
        /// The verdict's level; none where a calmer word would stand under something loud.
        level: Option<Level>,
        /// When it was sent and who reads it, such as `Sent 10:42. Read by Nora Lindqvist at 11:02.`
        sent: String,
        /// When the next one is; none where none is asked, and in an emergency.
        next: Option<String>,
        /// Where *What this means* leads.
        means_href: String,
    },
    /// None is asked today.
    NotDue {
        /// When the next one is, such as `The next one is on Thursday.`
        next: String,
    },
}

/// What is allowed, what is not yet, what is to be done: one tile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    /// Which of these it is.
    pub kind: TileKind,
    /// Its picture.
    pub icon: Icon,
    /// Its title, such as `Lift up to 2 kg`, `bend or twist`; the template adds *Not yet:* before what is not yet allowed.
    pub title: String,
    /// A note, such as `Close to you, upright. 5 kg from Monday 17th.`
    pub note: String,
    /// How much of it is done.
    pub progress: Option<TileProgress>,
    /// Where the tile leads, if anywhere.
    pub href: Option<String>,
}

/// What kind of a tile it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TileKind {
    /// Allowed, within the limit that the title names, or to be done.
    Allowed,
    /// Not allowed yet.
    NotYet,
}

/// How much of a day's dose is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TileProgress {
    /// How much is done.
    pub done: u32,
    /// How much there is to do.
    pub of: u32,
}

/// The next milestone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextStep {
    /// The milestone, such as `Stand at the kitchen counter for 15 minutes without leaning.`
    pub text: String,
    /// When people get there, such as `Most people get there between day 8 and 20.`
    pub note: String,
    /// Where it leads, if anywhere.
    pub href: Option<String>,
}

// ── Check-in ───────────────────────────────────────────────────────────────────────────────────────────────────────

/// What stands around each screen of a check-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckInFrame {
    /// The screen's heading, such as `Your pain`.
    pub heading: String,
    /// One sentence under it.
    pub intro: Option<String>,
    /// Which screen it is, from 1.
    pub step: u8,
    /// How many there are.
    pub steps: u8,
    /// Where the form is posted, with its token and the event's id.
    pub form: FormTarget,
    /// Where a draft is posted whenever an answer changes: same fields as the form. Empty where nothing is kept.
    pub draft_href: String,
    /// When the draft was last kept, such as `Kept at 10:38`.
    pub kept: Option<String>,
    /// What has to be mended before going on.
    pub mend: Vec<Mend>,
    /// Advice that cannot wait for the end.
    pub advice: Option<Advice>,
    /// What the screen shows by itself when an answer with a floor cannot be sent: one a level, the worst first.
    pub unsent: Vec<EarlyAdvice>,
    /// The check-in that this one mends.
    pub correcting: Option<Correcting>,
}

/// That an earlier check-in is being mended, and the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correcting {
    /// Which, such as `You are correcting the check-in of Tuesday 11 March, 10:00.`
    pub text: String,
    /// Where the way out is posted.
    pub keep_first: FormTarget,
    /// What the way out says, such as `Keep the one of 10:00 as it was`.
    pub keep: String,
}

/// What cannot wait for the end of a check-in. Also sent alone, as the reply to a draft.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "patient/advice.html")]
pub struct Advice {
    /// The reader's language.
    pub t: Words,
    /// What to do about what stands in the form now.
    pub card: Option<EarlyAdvice>,
    /// What was sent and no longer stands there.
    pub taken_back: Option<String>,
}

impl askama::filters::HtmlSafe for Advice {}

/// Advice that an answer alone already asks for, shown before the next question.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "patient/early_advice.html")]
pub struct EarlyAdvice {
    /// The reader's language.
    pub t: Words,
    /// The level: attention or emergency.
    pub level: Level,
    /// What to do, such as `Go to an emergency department now`.
    pub headline: String,
    /// The signs that ask for it; empty where the page itself fills in what is ticked.
    pub reasons: Vec<String>,
    /// Why, in a sentence or two.
    pub sentences: Vec<Sentence>,
    /// Whom to call.
    pub calls: Vec<Call>,
    /// What an emergency department asks first.
    pub procedure: Option<String>,
    /// The picture before `sent`.
    pub icon: Icon,
    /// What has been sent already, such as `Sent to the clinic at 10:41.`, or that it has not.
    pub sent: Option<String>,
}

impl askama::filters::HtmlSafe for EarlyAdvice {}

/// A question of a check-in, as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The question's id; also the name of its field.
    pub id: String,
    /// The question.
    pub title: String,
    /// A hint under it.
    pub help: Option<String>,
    /// How it is answered.
    pub kind: QuestionKind,
    /// The answers: the scale's 0 to 10, the codes; the unit's two choices for a temperature; empty for minutes.
    /// Leave *I don't know* out: it stands in `dont_know`.
    pub choices: Vec<Choice>,
    /// The answer *I don't know*, where the question allows it.
    pub dont_know: Option<Choice>,
    /// What is wrong with the answer.
    pub error: Option<String>,
    /// Whether it is asked only when `pain` or `pain-worst` is above 0 (the screen hides it while both are 0).
    pub only_with_pain: bool,
    /// Whether it stands as it was set, and nobody has changed it.
    pub preset: bool,
    /// The answers that must not wait.
    pub floors: Vec<Floor>,
}

/// An answer that must not wait, and the level it must reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Floor {
    /// The answer's code.
    pub code: String,
    /// The level.
    pub level: Level,
}

/// How a question is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QuestionKind {
    /// From 0 to 10 (field `id`, one value).
    Scale {
        /// What 0 means, such as `no pain`.
        least: String,
        /// What 10 means, such as `the worst you can imagine`.
        most: String,
    },
    /// One of the choices (field `id`, one value).
    One,
    /// Any of the choices (field `id`, repeated).
    Many,
    /// A temperature (field `id`; the unit in the field `unit_field`).
    Temperature {
        /// What is in the field.
        value: String,
        /// The name of the unit's field; its choices are the question's `choices`.
        unit_field: String,
    },
    /// Minutes (field `id`).
    Minutes {
        /// What is in the field.
        value: String,
    },
}

impl Question {
    /// The level that an answer must reach, where it must not wait.
    pub fn floor(&self, choice: &Choice) -> Option<Level> {
        self.floors.iter().find(|floor| floor.code == choice.code).map(|floor| floor.level)
    }

    /// Whether the question is answered on a scale from 0 to 10.
    pub fn is_scale(&self) -> bool {
        matches!(self.kind, QuestionKind::Scale { .. })
    }

    /// Whether the question is answered by a number in a field.
    pub fn is_measure(&self) -> bool {
        matches!(self.kind, QuestionKind::Temperature { .. } | QuestionKind::Minutes { .. })
    }
}

/// The first screen of a check-in, and every other plain list of questions: *Your pain*, *It hurt, so I stopped*.
#[derive(Debug, Clone, Template)]
#[template(path = "patient/check_in_questions.html")]
pub struct QuestionsPage {
    /// The reader's language.
    pub t: Words,
    /// What stands around the page.
    pub shell: PatientShell,
    /// What stands around the screen.
    pub frame: CheckInFrame,
    /// The questions, in order.
    pub questions: Vec<Question>,
}

/// The safety list: every sign, *None of these* at its end.
///
/// The two buttons send the field `end`: `none` (nothing was tapped) or `rest` (nothing else). Either way a question
/// without a value means its own normal answer; a reader without scripts and `:has()` sees both buttons.
#[derive(Debug, Clone, Template)]
#[template(path = "patient/check_in_safety.html")]
pub struct SafetyPage {
    /// The reader's language.
    pub t: Words,
    /// What stands around the page.
    pub shell: PatientShell,
    /// What stands around the screen.
    pub frame: CheckInFrame,
    /// The signs, in groups.
    pub groups: Vec<SafetyGroup>,
}

/// Signs that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SafetyGroup {
    /// What they have in common, such as `Bladder and bowel`; none for one list without groups.
    pub title: Option<String>,
    /// The signs.
    pub signs: Vec<SafetySign>,
}

/// One safety question in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SafetySign {
    /// The question. Its `choices` are the answers that are not normal; any number can be tapped (field `id`, repeated).
    pub question: Question,
    /// Questions that stand under it. A number, such as the temperature under fever, shows once one of the answers is
    /// tapped; a sign is never hidden.
    pub then: Vec<Question>,
}

/// The last screen: flare, relief, walking, who reads it, *Send*.
#[derive(Debug, Clone, Template)]
#[template(path = "patient/check_in_send.html")]
pub struct SendPage {
    /// The reader's language.
    pub t: Words,
    /// What stands around the page.
    pub shell: PatientShell,
    /// What stands around the screen.
    pub frame: CheckInFrame,
    /// The questions that stand pre-set.
    pub questions: Vec<Question>,
    /// What is about to be sent.
    pub answers: Vec<Answer>,
    /// Where the answers can be changed.
    pub change_href: String,
    /// Who reads answers until when, such as `The clinic reads answers today until 17:00.`; empty where a sign has its own time.
    pub promise: String,
    /// Whom to call if it cannot wait: who picks up now, then the emergency number.
    pub calls: Vec<Call>,
}

// ── What this means ────────────────────────────────────────────────────────────────────────────────────────────────

/// *What this means*: one verdict, what to do, why.
#[derive(Debug, Clone, Template)]
#[template(path = "patient/verdict.html")]
pub struct VerdictPage {
    /// The reader's language.
    pub t: Words,
    /// What stands around the page.
    pub shell: PatientShell,
    /// Something to know first, such as that the check-in had been sent already.
    pub notice: Option<String>,
    /// What still stands above this verdict: it comes first, and the verdict below it as these answers' own.
    pub standing: Option<StandingCard>,
    /// The verdict's level.
    pub level: Level,
    /// What to do, such as `Stop what you were doing and call us today`.
    pub headline: String,
    /// Why, in a sentence or two.
    pub sentences: Vec<Sentence>,
    /// What an emergency department asks first.
    pub procedure: Option<String>,
    /// Whom to call: the first is the page's one loud button. Empty where no call is asked for.
    pub calls: Vec<Call>,
    /// When it was sent and who reads it by when, such as `Sent 10:42. Not read yet; somebody reads it before 12:00.`
    pub sent: String,
    /// Who has read it and when, such as `Read by Nora Lindqvist at 11:02.`
    pub read: Option<String>,
    /// That the person has taken it back since, and what that does not do.
    pub corrected: Option<String>,
    /// Where *I tapped the wrong answer* leads.
    pub wrong_answer_href: Option<String>,
    /// What to do about a wrong tap that cannot be corrected.
    pub tell_again: Option<String>,
    /// Whether a later look no longer reaches this verdict (it stays until a person resolves it).
    pub no_longer_follows: bool,
    /// Safety questions that have no answer.
    pub unknown: Vec<String>,
    /// Where the missing answers can be given.
    pub answer_rest_href: Option<String>,
    /// What to do meanwhile.
    pub steps: Vec<Sentence>,
    /// What would raise or lower the level; those of one level that stand together are shown as one list.
    pub changes: Vec<Change>,
    /// The rules that held, the deciding one first.
    pub reasons: Vec<Reason>,
    /// What was told word for word, where it was told in another language.
    pub first_told: Option<FirstTold>,
    /// The pathway's revision in words, such as `Pathway annular fibrin, revision 1`.
    pub revision: String,
    /// What the page is not, such as `This is safety advice by the clinic's rules, not a diagnosis.`
    pub disclaimer: Option<String>,
}

/// What was told, in the language of that day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstTold {
    /// The language's code.
    pub lang: String,
    /// The words.
    pub sentences: Vec<Sentence>,
}

/// What would lead to one level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeGroup<'a> {
    /// The level.
    pub level: Level,
    /// What would have to happen: one or more sentences.
    pub texts: Vec<&'a Sentence>,
}

impl VerdictPage {
    /// The changes by level, in the order given.
    pub fn change_groups(&self) -> Vec<ChangeGroup<'_>> {
        let mut groups: Vec<ChangeGroup<'_>> = vec![];
        for change in &self.changes {
            match groups.last_mut().filter(|group| group.level == change.level) {
                Some(group) => group.texts.push(&change.text),
                None => groups.push(ChangeGroup { level: change.level, texts: vec![&change.text] }),
            }
        }
        groups
    }

    /// Whether there is anything to explain.
    pub fn explains(&self) -> bool {
        !(self.steps.is_empty() && self.changes.is_empty() && self.reasons.is_empty())
    }

    /// The heading over the steps: what to do *now* in an emergency, *until you have spoken to us* where a call is asked for.
    pub fn steps_word(&self) -> Word {
        match self.level {
            Level::Emergency => Word::DoNow,
            Level::Attention => Word::UntilSpoken,
            Level::Expected | Level::Watch => Word::WhatHelps,
        }
    }

    /// The heading over what would change the verdict.
    pub fn changes_word(&self) -> Word {
        match self.level {
            Level::Attention => Word::WouldBeEmergency,
            _ => Word::WouldChange,
        }
    }

    /// Whether a sentence stands for the list of what would change it: on a quiet day nobody has to read forty signs.
    pub fn changes_are_short(&self) -> bool {
        self.level == Level::Expected
    }
}

// ── Help now, invitation, messages ─────────────────────────────────────────────────────────────────────────────────

/// *Help now*: the emergency card. No sign-in, works offline, prints on one page.
#[derive(Debug, Clone, Template)]
#[template(path = "patient/help.html")]
pub struct HelpPage {
    /// The reader's language.
    pub t: Words,
    /// What stands around the page.
    pub shell: PatientShell,
    /// The emergency number.
    pub emergency: Call,
    /// The clinic's number.
    pub clinic: Call,
    /// Whom to call when the clinic is closed.
    pub after_hours: Option<Call>,
    /// The crisis line.
    pub crisis: Option<Call>,
    /// The signs by level, the most urgent first.
    pub signs: Vec<SignGroup>,
    /// What a helper or an emergency department should know of the procedure.
    pub for_helpers: Option<Sentence>,
    /// Provenance, such as `Pathway annular fibrin, revision 1, 3 March 2026`.
    pub provenance: String,
    /// This card in the other languages.
    pub languages: Vec<Link>,
}

/// The signs of one level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignGroup {
    /// The level.
    pub level: Level,
    /// What to do, such as `Call 911 now. Do not wait and do not drive.`
    pub what_to_do: String,
    /// Whom to call then.
    pub calls: Vec<Call>,
    /// The signs.
    pub signs: Vec<String>,
}

/// An invitation that was opened and not yet taken: opening it alone (an e-mail preview does that) uses nothing up.
#[derive(Debug, Clone, Template)]
#[template(path = "patient/invitation.html")]
pub struct InvitationPage {
    /// The reader's language.
    pub t: Words,
    /// What stands around the page.
    pub shell: PatientShell,
    /// The clinic's name.
    pub clinic: String,
    /// Where the button is posted.
    pub form: FormTarget,
    /// How long the invitation holds, such as `This invitation holds until Friday 14 March, 10:00.`
    pub expires: String,
    /// The same page in the other languages.
    pub languages: Vec<Link>,
}

/// An invitation that opens nothing, and the way out.
#[derive(Debug, Clone, Template)]
#[template(path = "patient/invitation_lost.html")]
pub struct InvitationLostPage {
    /// The reader's language.
    pub t: Words,
    /// What stands around the page.
    pub shell: PatientShell,
    /// Why it opens nothing.
    pub lost: Lost,
    /// The clinic's number.
    pub call: Call,
    /// *Today*, for the phone that is signed in already.
    pub today_href: Option<String>,
}

/// Why an invitation opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// Its time is over.
    Expired,
    /// It was taken already.
    Used,
    /// We do not know it: a letter may be missing.
    Unknown,
}

impl Lost {
    /// The heading.
    pub fn title(self) -> Word {
        match self {
            Self::Expired => Word::LostExpired,
            Self::Used => Word::LostUsed,
            Self::Unknown => Word::LostUnknown,
        }
    }

    /// What happened, in a sentence.
    pub fn text(self) -> Word {
        match self {
            Self::Expired => Word::LostExpiredText,
            Self::Used => Word::LostUsedText,
            Self::Unknown => Word::LostUnknownText,
        }
    }
}

/// Any other page that says what happened and what to do: not found, not allowed, our fault, no network, done.
#[derive(Debug, Clone, Template)]
#[template(path = "patient/message.html")]
pub struct MessagePage {
    /// The reader's language.
    pub t: Words,
    /// What stands around the page.
    pub shell: PatientShell,
    /// What kind of a message it is.
    pub kind: MessageKind,
    /// A sentence of its own, in place of the kind's usual one.
    pub text: Option<String>,
    /// What to tell the clinic so that they find the fault, such as a request id.
    pub reference: Option<String>,
    /// Every number that helps now, whoever picks up first.
    pub calls: Vec<Call>,
    /// Where to go on.
    pub next: Option<Link>,
}

impl MessagePage {
    /// Whether the numbers are what the page is for.
    pub fn numbers_first(&self) -> bool {
        self.kind == MessageKind::Offline
    }
}

/// What kind of a message it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageKind {
    /// There is no such page.
    NotFound,
    /// The person may not see it.
    NotAllowed,
    /// This phone is not signed in.
    SignedOut,
    /// This phone has just been signed out.
    NowSignedOut,
    /// The form had grown old; nothing was stored.
    FormExpired,
    /// What was sent cannot be read, or is too large; nothing was stored.
    NotUnderstood,
    /// Our fault.
    Failed,
    /// No network.
    Offline,
}

impl MessageKind {
    /// The heading.
    pub fn title(self) -> Word {
        match self {
            Self::NotFound => Word::NotFound,
            Self::NotAllowed => Word::NotAllowed,
            Self::SignedOut => Word::SignedOut,
            Self::NowSignedOut => Word::NowSignedOut,
            Self::FormExpired => Word::FormExpired,
            Self::NotUnderstood => Word::NotUnderstood,
            Self::Failed => Word::Failed,
            Self::Offline => Word::Offline,
        }
    }

    /// What happened and what to do.
    pub fn text(self) -> Word {
        match self {
            Self::NotFound => Word::NotFoundText,
            Self::NotAllowed => Word::NotAllowedText,
            Self::SignedOut => Word::SignedOutText,
            Self::NowSignedOut => Word::NowSignedOutText,
            Self::FormExpired => Word::FormExpiredText,
            Self::NotUnderstood => Word::NotUnderstoodText,
            Self::Failed => Word::FailedText,
            Self::Offline => Word::OfflineText,
        }
    }

    /// The picture over the heading.
    pub fn icon(self) -> Icon {
        match self {
            Self::Offline => Icon::Offline,
            Self::Failed | Self::NotUnderstood => Icon::Stop,
            Self::NotFound => Icon::Search,
            Self::NotAllowed | Self::SignedOut | Self::NowSignedOut => Icon::Person,
            Self::FormExpired => Icon::Clock,
        }
    }
}

/// *Progress*: what has been reached, and the pain line.
#[derive(Debug, Clone, Template)]
#[template(path = "patient/progress.html")]
pub struct ProgressPage {
    /// The reader's language.
    pub t: Words,
    /// What stands around the page.
    pub shell: PatientShell,
    /// Everything at attention or emergency that still stands, in one card.
    pub standing: Option<StandingCard>,
    /// What has been reached, the furthest first.
    pub milestones: Vec<String>,
    /// Pain by day, within what was expected.
    pub chart: PainChart,
    /// What the range means.
    pub meaning: String,
    /// What to do about where the pain stands.
    pub steps: Vec<String>,
    /// The flares of the chart, newest first.
    pub flares: Vec<String>,
    /// What stands over them, with the time that is meant.
    pub flares_title: String,
    /// That flares pass; not beside what says otherwise of today.
    pub flares_pass: bool,
}

/// *Me*: language, temperature, this phone.
#[derive(Debug, Clone, Template)]
#[template(path = "patient/me.html")]
pub struct MePage {
    /// The reader's language.
    pub t: Words,
    /// What stands around the page.
    pub shell: PatientShell,
    /// Something that has just happened, such as `Kept.`
    pub notice: Option<String>,
    /// The person's name.
    pub name: String,
    /// The procedure in words, such as `L4–L5, 2 March 2026`.
    pub procedure: String,
    /// Where language and unit are posted (fields `language` and `temperature-unit`).
    pub settings: FormTarget,
    /// The languages.
    pub languages: Vec<Choice>,
    /// The units of temperature.
    pub units: Vec<Choice>,
    /// Where *sign this phone out* is posted.
    pub sign_out: FormTarget,
}
