//! A check-in that is being filled: nothing typed is lost, and a red flag does not wait for the end.

use crate::fold::json;
use crate::told::{Told, tell};
use crate::{Desk, DeskError, Late, Receipt, Result, lock};
use jiff::Timestamp;
use lamella_engine::judge;
use lamella_record::{Answer, Answers, CheckIn, Event, Kind, Level, Patient};
use lamella_store::Key;
use serde::{Deserialize, Serialize};

/// A draft with answers that nobody has touched for so long is sent as it stands.
const SENT_AFTER_MILLIS: i64 = 30 * 60 * 1000;

/// An unfinished check-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The id that the check-in will have.
    pub id: String,
    /// What has been answered.
    pub answers: Answers,
    /// Screens that are done.
    #[serde(default)]
    pub pages: Vec<String>,
    /// The check-in that this one mends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<String>,
    /// What the clinic has of it already, oldest first.
    #[serde(default)]
    pub ahead: Vec<Ahead>,
}

/// What was sent because it could not wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ahead {
    /// The event it went as.
    pub event: String,
    /// Its level.
    pub level: Level,
    /// The signs it told of: `question=code` for an answer with a floor, else the rule.
    pub signs: Vec<String>,
    /// Whether a later event of the same check-in says that it was taken back.
    #[serde(default)]
    pub taken_back: bool,
}

/// What the answers given so far mean by themselves, whatever the missing ones were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alone {
    /// The level.
    pub level: Level,
    /// What cannot wait, as in [`Ahead::signs`].
    pub signs: Vec<String>,
    /// The same in the person's words of today; `None` below attention.
    pub told: Option<Told>,
}

impl Draft {
    /// A new one.
    pub fn new(corrects: Option<String>) -> Draft {
        Draft { id: uuid::Uuid::now_v7().to_string(), answers: Answers::new(), pages: vec![], corrects, ahead: vec![] }
    }

    fn event(&self, desk: &Desk, patient: &Patient, id: String, complete: bool, now: Timestamp) -> Event {
        let check_in = CheckIn { revision: desk.pathway().revision.clone(), answers: self.answers.clone(), complete, ..CheckIn::default() };
        Event {
            id,
            at: desk.person_moment(patient, now),
            received_at: None,
            day: None,
            corrects: self.corrects.clone(),
            kind: Kind::CheckIn(check_in),
        }
    }

    /// Takes over what another tap on the same check-in has done meanwhile.
    fn join(&mut self, kept: Draft) {
        if kept.id != self.id {
            return;
        }
        let mine = std::mem::take(&mut self.pages);
        self.pages = kept.pages;
        self.pages.extend(mine.into_iter().filter(|page| !self.pages.contains(page)).collect::<Vec<_>>());
        let mine = std::mem::replace(&mut self.ahead, kept.ahead);
        self.ahead.extend(mine.into_iter().filter(|ahead| !self.ahead.iter().any(|there| there.event == ahead.event)).collect::<Vec<_>>());
    }

    /// Signs that the clinic has not heard of.
    fn unsent(&self, signs: &[String]) -> bool {
        signs.iter().any(|sign| !self.ahead.iter().any(|ahead| ahead.signs.contains(sign)))
    }

    /// What was sent ahead and is no longer said, the worst first; an event says of one other that it mends it.
    fn taken_back(&mut self, signs: &[String]) -> Option<&mut Ahead> {
        let gone = |ahead: &&mut Ahead| !ahead.taken_back && ahead.signs.iter().any(|sign| !signs.contains(sign));
        self.ahead.iter_mut().filter(gone).max_by_key(|ahead| ahead.level)
    }
}

impl Desk {
    /// The draft, with when it was last touched.
    pub fn draft(&self, key: &Key) -> Result<Option<(Timestamp, Draft)>> {
        let kept = self.store.draft(key)?;
        Ok(kept.and_then(|(at, body)| Some((Timestamp::from_millisecond(at).ok()?, serde_json::from_str(&body).ok()?))))
    }

    /// Keeps the draft. If the answers alone reach attention by a sign that has not been sent, what there is goes to the clinic at
    /// once (`complete: false`), and the receipt says what to tell. The same draft twice at once is sent ahead once.
    ///
    /// A draft that has been sent meanwhile is not brought back: [`Late::Sent`].
    pub fn keep_draft(&self, key: &Key, mut draft: Draft, now: Timestamp) -> Result<Option<Receipt>> {
        let _one_at_a_time = lock(self.draft_lock(key));
        if self.store.event(key, &draft.id)?.is_some() {
            return Err(DeskError::Late(Late::Sent));
        }
        self.draft(key)?.into_iter().for_each(|(_, kept)| draft.join(kept));
        let alone = self.alone(key, &draft, now)?;
        let mut receipt = None;
        if alone.level >= Level::Attention && draft.unsent(&alone.signs) {
            let patient = self.patient(&key.patient)?;
            let mut event = draft.event(self, &patient, self.id_ahead(key, &draft, alone.level)?, false, now);
            self.say_what_it_mends(key, &mut draft, &alone.signs, &mut event)?;
            receipt = Some(self.receive_event(key, &event, now)?);
            draft.ahead.push(Ahead { event: event.id, level: alone.level, signs: alone.signs, taken_back: false });
        }
        self.store.put_draft(key, now.as_millisecond(), &json(&draft, "draft", key)?)?;
        Ok(receipt)
    }

    /// The id of what is sent ahead: the check-in's with the level, and a number from the second on.
    fn id_ahead(&self, key: &Key, draft: &Draft, level: Level) -> Result<String> {
        let first = format!("{}-{}", draft.id, level.word());
        let mut id = first.clone();
        let mut number = 1;
        while self.store.event(key, &id)?.is_some() {
            number += 1;
            id = format!("{first}-{number}");
        }
        Ok(id)
    }

    /// A sign that was sent ahead and is no longer said was taken back: the event mends the one that told of it, so that the
    /// clinic sees it as corrected by the patient. Its alert stays. What mends another check-in goes on mending that one, and
    /// what was said before midnight stays with its own day.
    fn say_what_it_mends(&self, key: &Key, draft: &mut Draft, signs: &[String], event: &mut Event) -> Result<()> {
        if event.corrects.is_some() {
            return Ok(());
        }
        let Some(gone) = draft.taken_back(signs) else { return Ok(()) };
        if self.event(key, &gone.event)?.is_some_and(|sent| sent.date() == event.date()) {
            gone.taken_back = true;
            event.corrects = Some(gone.event.clone());
        }
        Ok(())
    }

    /// What the answers given so far mean by themselves, whatever the missing ones were.
    pub fn alone(&self, key: &Key, draft: &Draft, now: Timestamp) -> Result<Alone> {
        self.with_state(key, now, |patient, state| {
            let event = draft.event(self, patient, draft.id.clone(), false, now);
            let mut alone = Alone { level: Level::Expected, signs: vec![], told: None };
            let Some(mut verdict) = judge(&self.pathways, patient, state, &event) else { return alone };
            verdict.rules.retain(|hit| hit.id != "otherwise");
            verdict.unknown.clear();
            verdict.level = verdict.rules.iter().map(|hit| hit.level).max().unwrap_or(Level::Expected);
            alone.level = verdict.level;
            if alone.level >= Level::Attention {
                let rules = verdict.rules.iter().filter(|hit| hit.level >= Level::Attention).map(|hit| hit.id.clone());
                alone.signs = self.loud_answers(&draft.answers, verdict.day).chain(rules).collect();
                alone.told = Some(tell(&self.pathways, patient, state, &event, &verdict));
            }
            alone
        })
    }

    /// The answers that must not wait on this day, as `question=code`.
    fn loud_answers<'a>(&'a self, answers: &'a Answers, day: i32) -> impl Iterator<Item = String> + use<'a> {
        let given = |question: &lamella_pathway::Question, code: &str| match answers.get(&question.id) {
            Some(Answer::Codes(codes)) => codes.iter().any(|there| there == code),
            _ => false,
        };
        self.pathway().questions.iter().flat_map(move |question| {
            let loud = question
                .floors
                .iter()
                .filter(move |floor| floor.level >= Level::Attention && floor.from_day.is_none_or(|from| day >= from));
            let codes = loud.filter_map(|floor| question.codes.get(usize::from(floor.code)));
            codes.filter(move |code| given(question, code)).map(move |code| format!("{}={code}", question.id)).collect::<Vec<_>>()
        })
    }

    /// Puts the draft of this id away; what has been sent ahead of it stays sent.
    pub fn drop_draft(&self, key: &Key, id: &str) -> Result<()> {
        let _one_at_a_time = lock(self.draft_lock(key));
        if self.draft(key)?.is_some_and(|(_, kept)| kept.id == id) {
            self.store.drop_draft(key)?;
        }
        Ok(())
    }

    /// Sends the draft as a whole check-in and forgets it. One that has been sent meanwhile, by a second tap, is not sent again:
    /// [`Late::Sent`].
    pub fn send_draft(&self, key: &Key, draft: &Draft, now: Timestamp) -> Result<Receipt> {
        self.send(key, draft, true, now)
    }

    fn send(&self, key: &Key, draft: &Draft, complete: bool, now: Timestamp) -> Result<Receipt> {
        let _one_at_a_time = lock(self.draft_lock(key));
        if self.store.event(key, &draft.id)?.is_some() {
            return Err(DeskError::Late(Late::Sent));
        }
        let patient = self.patient(&key.patient)?;
        let mut draft = draft.clone();
        self.draft(key)?.into_iter().for_each(|(_, kept)| draft.join(kept));
        let mut event = draft.event(self, &patient, draft.id.clone(), complete, now);
        if !draft.ahead.is_empty() {
            let signs = self.alone(key, &draft, now)?.signs;
            self.say_what_it_mends(key, &mut draft, &signs, &mut event)?;
        }
        let receipt = self.receive_event(key, &event, now)?;
        if self.draft(key)?.is_some_and(|(_, kept)| kept.id == draft.id) {
            self.store.drop_draft(key)?;
        }
        Ok(receipt)
    }

    /// Sends drafts with answers that nobody has touched for half an hour. How many; one that fails does not hold up the others,
    /// and is tried again.
    pub fn send_old_drafts(&self, now: Timestamp) -> Result<usize> {
        let old = self.store.drafts_before(now.as_millisecond() - SENT_AFTER_MILLIS)?;
        let mut sent = 0;
        let mut failed = Ok(());
        for (key, _, body) in old.into_iter().filter(|(key, ..)| key.clinic == self.clinic) {
            let done = match serde_json::from_str::<Draft>(&body) {
                Ok(draft) if !draft.answers.is_empty() => match self.send(&key, &draft, false, now) {
                    Err(DeskError::Late(Late::Sent)) => self.drop_draft(&key, &draft.id),
                    done => done.map(|_| sent += 1),
                },
                // An opened form without an answer says nothing.
                _ => self.store.drop_draft(&key).map_err(DeskError::from),
            };
            failed = failed.and(done);
        }
        failed.map(|()| sent)
    }
}
