//! `POST /api/events`: a batch from a phone, safe to send again.

use crate::App;
use crate::answer::Fail;
use crate::patient::Here;
use crate::patient::standing::standing;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use lamella_desk::Receipt;
use lamella_pathway::Compiled;
use lamella_record::Level;
use serde_json::{Map, Value, json};

/// The largest batch.
const BATCH: usize = 500;
/// What a phone may say. What the clinic does is not among it.
const SAYABLE: [&str; 7] = ["check-in", "stopped", "exercise", "walk", "milestone", "instrument", "message"];

/// What only the clinic says.
const CLINICS: [&str; 9] = ["acknowledge", "resolve", "contact", "undo", "override", "phase", "ended", "appointment", "note"];

/// What the clinic says about its own deeds: who, about which alert, and what came of it.
const CLINICS_WORDS: [&str; 6] = ["by", "alert", "change", "undoes", "disposition", "known_until"];

/// Takes a JSON list of events; answers per id `stored`, `known` or `refused` with why, and a `warning` where words of the clinic's
/// stand under another name.
pub(crate) async fn events(State(app): State<App>, headers: HeaderMap, body: Bytes) -> Response {
    let work = move |app: &App, headers: &HeaderMap| {
        let phone = match app.phone(headers) {
            Ok(phone) => phone,
            Err(Fail::SignedOut) => {
                return Ok(wrong(StatusCode::UNAUTHORIZED, "this phone is not signed in; ask the clinic for a new link"));
            }
            Err(fail) => return Err(fail),
        };
        let token = headers.get("x-lamella-csrf").and_then(|token| token.to_str().ok()).unwrap_or("");
        if !crate::guard::same(token, &phone.device.csrf) {
            return Ok(wrong(StatusCode::FORBIDDEN, "the header `x-lamella-csrf` does not carry this phone's token"));
        }
        let batch: Vec<Value> = match serde_json::from_slice(&body) {
            Ok(batch) => batch,
            Err(error) => {
                let what = format!("the body is not a JSON list of events: line {}, column {}", error.line(), error.column());
                return Ok(wrong(StatusCode::BAD_REQUEST, &what));
            }
        };
        if batch.len() > BATCH {
            return Ok(wrong(StatusCode::PAYLOAD_TOO_LARGE, &format!("a batch holds at most {BATCH} events; send it in parts")));
        }
        let (mut taken, mut refused, mut warnings) = (vec![], vec![], vec![]);
        for mut event in batch {
            if may_say(&mut event) {
                warnings.push(put_apart(app, &mut event));
                taken.push(event);
            } else {
                refused.push(event);
            }
        }
        let mut receipts: Vec<Value> = vec![];
        let key = app.desk().key(&phone.patient.id);
        let told = app.desk().receive(&key, taken, app.now())?;
        let here = Here::new(app, phone);
        for (receipt, warning) in told.into_iter().zip(warnings) {
            let mut receipt = with_what_stands(&here, receipt)?;
            if let (Some(all), Some(warning)) = (receipt.as_object_mut(), warning) {
                all.insert("warning".to_string(), Value::String(warning));
            }
            receipts.push(receipt);
        }
        for event in refused {
            let id = event.get("id").and_then(Value::as_str).unwrap_or("").to_string();
            let why = "a phone may not say this kind of event; acknowledging and resolving are the clinic's";
            receipts.push(json!({ "id": id, "outcome": "refused", "why": why }));
        }
        Ok(Json(receipts).into_response())
    };
    app.patient_side(headers, work).await
}

/// A receipt whose words never reassure beside a sign that the clinic has not dealt with: what stands above them is told too.
fn with_what_stands(here: &Here, receipt: Receipt) -> Result<Value, Fail> {
    let level = receipt.told.as_ref().map(|told| told.level);
    let mut value = serde_json::to_value(receipt).map_err(|error| Fail::Ours(error.to_string()))?;
    let now = here.app.desk().person_moment(&here.phone.patient, here.app.now());
    let standing = level.map_or(Ok(None), |level| standing(here, level.max(Level::Watch), now))?;
    if let (Some(card), Some(told)) = (standing, value.get_mut("told").and_then(Value::as_object_mut)) {
        let signs: Vec<Value> =
            card.lines.iter().map(|line| json!({ "level": line.level.class(), "text": line.text, "since": line.since })).collect();
        let calls: Vec<&str> = card.calls.iter().map(|call| call.number.as_str()).collect();
        let standing = json!({ "level": card.level.class(), "headline": card.headline, "signs": signs, "until_then": card.until_then,
            "calls": calls });
        told.insert("standing".to_string(), standing);
        // Whoever reads only the headline must not be reassured: what these answers say by themselves stands apart.
        let instead = [("headline", json!(card.headline)), ("paragraphs", json!([card.until_then])), ("steps", json!([]))];
        let own: serde_json::Map<String, Value> =
            instead.into_iter().filter_map(|(key, words)| Some((key.to_string(), told.insert(key.to_string(), words)?))).collect();
        told.insert("by_themselves".to_string(), Value::Object(own));
    }
    Ok(value)
}

/// A phone speaks for the person, never for the clinic: only these kinds, and nothing that only the clinic can know.
fn may_say(event: &mut Value) -> bool {
    let Some(all) = event.as_object_mut() else { return true };
    for key in ["received_at", "imported", "not_asked"] {
        all.remove(key);
    }
    let kind = all.get("kind").and_then(Value::as_str).unwrap_or_default().to_string();
    if !SAYABLE.contains(&kind.as_str()) && !CLINICS.contains(&kind.as_str()) {
        // Kept and raised, under a name that no later version can mistake for a kind of its own.
        all.insert("kind".to_string(), Value::String(format!("unknown:{kind}")));
        return true;
    }
    SAYABLE.contains(&kind.as_str())
}

/// Words of the clinic's that a phone has sent, as fields of an event or as answers: kept under a name that nobody can mistake for
/// the clinic's, and judged as what they are, something that nobody asked. A question of the pathway may have such a name. What was
/// put apart, in words.
fn put_apart(app: &App, event: &mut Value) -> Option<String> {
    let is_asked = |pathway: &Compiled, word: &str| pathway.questions.iter().any(|question| question.id == word);
    let fields = event.as_object_mut()?;
    let mut apart: Vec<&str> = vec![];
    for word in CLINICS_WORDS {
        let asked = app.desk().pathways().all().any(|pathway| is_asked(pathway, word));
        let answers = fields.get_mut("answers").and_then(Value::as_object_mut).filter(|_| !asked);
        let in_answers = answers.is_some_and(|answers| rename(answers, word));
        if rename(fields, word) || in_answers {
            apart.push(word);
        }
    }
    let named = || apart.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    (!apart.is_empty()).then(|| format!("{} is the clinic’s to say; kept as `unknown:…`, and the rest is taken as it came", named()))
}

fn rename(all: &mut Map<String, Value>, word: &str) -> bool {
    let Some(value) = all.remove(word) else { return false };
    all.insert(format!("unknown:{word}"), value);
    true
}

fn wrong(status: StatusCode, what: &str) -> Response {
    (status, Json(json!({ "error": what }))).into_response()
}
