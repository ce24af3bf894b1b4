//! A check-in that is being filled: nothing typed is lost, and a red flag does not wait for the end.

use crate::fold::json;
use crate::{Desk, DeskError, Late, Receipt, Result, lock};
use jiff::Timestamp;
use lamella_engine::judge;
use lamella_record::{Answers, CheckIn, Event, Kind, Level};
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
    /// The level that has been sent ahead already.
    #[serde(default)]
    pub sent_ahead: Option<Level>,
}

impl Draft {
    /// A new one.
    pub fn new(corrects: Option<String>) -> Draft {
        Draft { id: uuid::Uuid::now_v7().to_string(), answers: Answers::new(), pages: vec![], corrects, sent_ahead: None }
    }

    fn event(&self, desk: &Desk, patient: &lamella_record::Patient, id: String, complete: bool, now: Timestamp) -> Event {
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
}

impl Desk {
    /// The draft, with when it was last touched.
    pub fn draft(&self, key: &Key) -> Result<Option<(Timestamp, Draft)>> {
        let kept = self.store.draft(key)?;
        Ok(kept.and_then(|(at, body)| Some((Timestamp::from_millisecond(at).ok()?, serde_json::from_str(&body).ok()?))))
    }

    /// Keeps the draft. If an answer alone reaches attention, what there is goes to the clinic at once (`complete: false`), and
    /// the receipt says what to tell.
    ///
    /// A draft that has been sent meanwhile is not brought back: [`Late::Sent`].
    pub fn keep_draft(&self, key: &Key, mut draft: Draft, now: Timestamp) -> Result<Option<Receipt>> {
        let _one_at_a_time = lock(self.draft_lock(key));
        if self.store.event(key, &draft.id)?.is_some() {
            return Err(DeskError::Late(Late::Sent));
        }
        let alone = self.level_of_answers_alone(key, &draft, now)?;
        let ahead = alone >= Level::Attention && draft.sent_ahead.is_none_or(|sent| alone > sent);
        let mut receipt = None;
        if ahead {
            let patient = self.patient(&key.patient)?;
            let id = format!("{}-{}", draft.id, alone.word());
            let event = draft.event(self, &patient, id, false, now);
            receipt = Some(self.receive_event(key, &event, now)?);
            draft.sent_ahead = Some(alone);
        }
        self.store.put_draft(key, now.as_millisecond(), &json(&draft, "draft", key)?)?;
        Ok(receipt)
    }

    /// The level that the answers given so far reach by themselves, whatever the missing ones were.
    pub fn level_of_answers_alone(&self, key: &Key, draft: &Draft, now: Timestamp) -> Result<Level> {
        self.with_state(key, now, |patient, state| {
            let event = draft.event(self, patient, draft.id.clone(), false, now);
            let verdict = judge(&self.pathways, patient, state, &event);
            let rules = verdict.map_or(vec![], |verdict| verdict.rules);
            rules.iter().filter(|hit| hit.id != "otherwise").map(|hit| hit.level).max().unwrap_or(Level::Expected)
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

    /// Sends the draft as a whole check-in and forgets it.
    pub fn send_draft(&self, key: &Key, draft: &Draft, now: Timestamp) -> Result<Receipt> {
        self.send(key, draft, true, now)
    }

    fn send(&self, key: &Key, draft: &Draft, complete: bool, now: Timestamp) -> Result<Receipt> {
        let _one_at_a_time = lock(self.draft_lock(key));
        let patient = self.patient(&key.patient)?;
        let receipt = self.receive_event(key, &draft.event(self, &patient, draft.id.clone(), complete, now), now)?;
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
                Ok(draft) if !draft.answers.is_empty() => self.send(&key, &draft, false, now).map(|_| sent += 1),
                // An opened form without an answer says nothing.
                _ => self.store.drop_draft(&key).map_err(DeskError::from),
            };
            failed = failed.and(done);
        }
        failed.map(|()| sent)
    }
}
