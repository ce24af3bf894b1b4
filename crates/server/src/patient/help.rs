//! *Help now*: the emergency card. No sign-in; the browser keeps it for when there is no network.

use crate::App;
use crate::answer::{message, page};
use crate::say::{Say, lang_for, lang_of, shown};
use crate::view::patient::{HelpPage, MessageKind, PatientShell, SignGroup};
use crate::view::shared::{Call, Link, Sentence};
use crate::view::words::{Lang, Word};
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use lamella_pathway::in_language;
use lamella_record::Level;
use std::collections::HashMap;

/// The card.
pub(crate) async fn show(State(app): State<App>, headers: HeaderMap, Query(query): Query<HashMap<String, String>>) -> Response {
    let work = move |app: &App, headers: &HeaderMap| page(&card(Say::new(app, read_in(app, headers, &query))));
    app.patient_side(headers, work).await
}

/// What the browser keeps for a page that needs a network: the numbers first.
pub(crate) async fn offline(State(app): State<App>, headers: HeaderMap, Query(query): Query<HashMap<String, String>>) -> Response {
    let work = move |app: &App, headers: &HeaderMap| {
        page(&message(Say::new(app, read_in(app, headers, &query)), MessageKind::Offline, None, None))
    };
    app.patient_side(headers, work).await
}

/// Where signing out ends.
pub(crate) async fn signed_out(State(app): State<App>, headers: HeaderMap, Query(query): Query<HashMap<String, String>>) -> Response {
    let work = move |app: &App, headers: &HeaderMap| {
        page(&message(Say::new(app, read_in(app, headers, &query)), MessageKind::NowSignedOut, None, None))
    };
    app.patient_side(headers, work).await
}

/// The language of a page that nobody needs to sign in for.
pub(super) fn read_in(app: &App, headers: &HeaderMap, query: &HashMap<String, String>) -> Lang {
    let own = || app.phone(headers).map_or_else(|_| lang_of(headers), |phone| lang_for(&phone.patient));
    chosen(query).unwrap_or_else(own)
}

/// The language that was chosen by its link on such a page.
pub(super) fn chosen(query: &HashMap<String, String>) -> Option<Lang> {
    Lang::from_code(query.get("lang")?)
}

/// The same page in the pathway's other languages.
pub(super) fn languages(say: Say, page: &str) -> Vec<Link> {
    let others = Lang::ALL.into_iter().filter(|lang| *lang != say.lang && is_offered(say.app, *lang));
    others.map(|lang| Link { href: address_in(page, lang), text: lang.name().to_string() }).collect()
}

/// A page's address in a language.
pub(super) fn address_in(page: &str, lang: Lang) -> String {
    format!("{page}?lang={}", lang.code())
}

/// Whether the pathway speaks a language.
pub(super) fn is_offered(app: &App, lang: Lang) -> bool {
    app.desk().pathway().languages.iter().any(|code| code == lang.code())
}

fn card(say: Say) -> HelpPage {
    let t = say.t();
    let pathway = say.pathway();
    let mut cards: Vec<_> = pathway.cards.iter().collect();
    cards.sort_by_key(|card| std::cmp::Reverse(card.level));
    let signs = cards.into_iter().map(|card| {
        let words = in_language(&card.text, say.language());
        SignGroup { level: shown(card.level), what_to_do: words.title.clone(), calls: calls(say, card.level), signs: words.items.clone() }
    });
    HelpPage {
        t,
        shell: PatientShell {
            title: t.w(Word::HelpNow).to_string(),
            date: None,
            back: Some(Link { href: "/today".to_string(), text: t.w(Word::Today).to_string() }),
            help_href: "/help".to_string(),
            nav: vec![],
            synthetic: false,
        },
        emergency: say.call_emergency(),
        clinic: say.call_clinic(),
        after_hours: say.call_after_hours(),
        crisis: say.call_crisis(),
        signs: signs.collect(),
        for_helpers: Some(Sentence::marked(&say.say(
            "This person had a **biologic disc repair**: fibrin was injected into the outer ring of a lumbar disc. New bladder, bowel, saddle or leg-weakness signs need an **urgent look by a doctor**. Please call the clinic.",
            "A esta persona se le hizo una **reparación discal biológica**: se inyectó fibrina en el anillo externo de un disco lumbar. Los signos nuevos de vejiga, intestino, zona genital o debilidad en las piernas requieren una **valoración médica urgente**. Llame a la clínica, por favor.",
        ))),
        provenance: say.say(
            format!("{}, pathway {}, revision {}", say.app.setup().clinic, pathway.id, pathway.revision),
            format!("{}, protocolo {}, revisión {}", say.app.setup().clinic, pathway.id, pathway.revision),
        ),
        languages: languages(say, "/help"),
    }
}

/// Whom to call at a level. The card is kept for nights without a network, so it names the after-hours line at every hour.
fn calls(say: Say, level: Level) -> Vec<Call> {
    match level {
        Level::Emergency => vec![say.call_emergency()],
        Level::Attention => [say.call_clinic()].into_iter().chain(say.call_after_hours()).collect(),
        Level::Expected | Level::Watch => vec![],
    }
}
