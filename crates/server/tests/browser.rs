//! The whole walk in a real Chromium: a phone of 390 × 844, the clinic at 1280 × 900.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod common;

use common::chrome::{DESK, Driver, ENTER, PHONE, RIGHT, SPACE, Window};
use common::{ANA, BEN, House, PASSWORD};
use serde_json::json;
use std::sync::Arc;
use std::time::Instant;

/// One test, so that one browser is enough; its parts run one after the other, and each is heard out.
#[test]
fn the_walk() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let driver = Arc::new(Driver::start());
    let mut failed = vec![];
    macro_rules! part {
        ($name:ident) => {
            // For one part alone: PART=name cargo test …
            if std::env::var("PART").is_ok_and(|part| part == stringify!($name)) || std::env::var("PART").is_err() {
                let (driver, house, began) = (driver.clone(), Arc::new(House::open()), Instant::now());
                let held = house.clone();
                let heard = runtime.block_on(runtime.spawn(async move { $name(&driver, &held).await }));
                eprintln!("{} {:.1} s", stringify!($name), began.elapsed().as_secs_f64());
                if heard.is_err() {
                    failed.push(stringify!($name));
                }
            }
        };
    }
    part!(a_quiet_day_takes_twelve_taps);
    part!(a_red_flag_reaches_the_nurse_and_the_answer_comes_back);
    part!(advice_taken_back_comes_back);
    part!(a_red_flag_speaks_without_a_network);
    part!(a_red_flag_kept_too_long_mends_what_was_sent);
    part!(nothing_typed_is_lost);
    part!(the_clinic_works_by_keys);
    part!(the_buttons_stay_where_they_are);
    part!(a_check_in_works_by_keys);
    part!(the_day_of_a_spanish_phone);
    part!(it_is_dark_in_the_dark);
    part!(the_emergency_card_stays_without_a_network);
    part!(a_nurse_enters_somebody_whose_phone_then_opens);
    assert!(failed.is_empty(), "{} of the walk's parts failed: {failed:?} (each said why above)", failed.len());
}

/// A window that holds a signed-in phone.
async fn phone(driver: &Driver, house: &House, patient: &str) -> Window {
    let window = driver.window(&house.address, PHONE, "en").await;
    window.go(&house.invite(patient)).await;
    window.tap("main form .btn").await;
    window.at("/today").await;
    window.taps();
    window
}

async fn nurse(driver: &Driver, house: &House, login: &str) -> Window {
    let window = driver.window(&house.address, DESK, "en").await;
    window.go("/clinic").await;
    window.at("/clinic/sign-in").await;
    window.write("#login", login).await;
    window.write("#password", PASSWORD).await;
    window.tap("main form .btn").await;
    window.until("the worklist", "return location.pathname === '/clinic'").await;
    window
}

async fn quiet_pain(phone: &Window) {
    for (question, code) in [
        ("pain", "2"),
        ("pain-worst", "3"),
        ("function", "2"),
        ("character", "ache"),
        ("where", "low-back"),
        ("set-off", "activity"),
        ("settles", "within-hours"),
        ("against-usual", "same"),
    ] {
        phone.answer(question, code).await;
    }
}

async fn no_complaints(windows: &[&Window]) {
    for window in windows {
        let complaints = window.complaints();
        assert!(complaints.is_empty(), "the console complains: {complaints:#?}");
    }
}

/// Nothing sticks out to the side.
async fn fits(window: &Window) {
    let over = window.js("return document.scrollingElement.scrollWidth - innerWidth").await;
    assert!(over.as_i64().is_some_and(|over| over <= 0), "{} is {over} px wider than the screen", window.path().await);
}

async fn a_quiet_day_takes_twelve_taps(driver: &Driver, house: &House) {
    let window = driver.window(&house.address, PHONE, "en").await;
    window.go(&house.invite(ANA.0)).await;
    window.see("This is my phone").await;
    fits(&window).await;
    window.tap("main form .btn").await;
    window.at("/today").await;
    window.see("Day 9").await;
    window.see("One or two minutes. The clinic reads answers today until 17:00.").await;
    fits(&window).await;
    window.taps();

    window.tap("a.btn.primary").await;
    window.at("/check-in/page/page-pain").await;
    window.see("Step 1 of 3").await;
    fits(&window).await;
    quiet_pain(&window).await;
    window.see("Kept").await;
    window.tap("form.check-in > .btn.primary").await;

    window.at("/check-in/page/page-safety").await;
    fits(&window).await;
    window.until("the button to wait", "return document.querySelector('[data-none]').disabled").await;
    window.js("scrollTo(0, document.body.scrollHeight / 2)").await;
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert_eq!(window.js("return document.querySelector('[data-none]').disabled").await, json!(true), "halfway through the list");
    assert!(window.words().await.contains("Please look through the whole list first"));
    window.js("scrollTo(0, document.body.scrollHeight)").await;
    window.until("the button to work", "return !document.querySelector('[data-none]').disabled").await;
    window.tap("[data-none]").await;

    window.at("/check-in/page/page-day").await;
    window.see("The clinic reads answers today until 17:00.").await;
    window.see("If it cannot wait:").await;
    fits(&window).await;
    window.tap("form.check-in > .btn.primary").await;
    window.at("/verdict/").await;
    let taps = window.taps();
    assert!(taps <= 12, "{taps} taps on a quiet day");
    window.see("Expected").await;
    window.see("This is a usual kind of day").await;
    fits(&window).await;
    window.go("/today").await;
    window.see("Sent 10:00").await;
    let record = house.desk().record(ANA.0).unwrap();
    assert_eq!(record.events.len(), 1);
    let sent = serde_json::to_value(&record.events[0]).unwrap();
    for (question, answer) in
        [("bladder", json!("normal")), ("stood", json!("yes")), ("relief", json!("none")), ("walked", json!(0)), ("flare", json!("no"))]
    {
        assert_eq!(sent["answers"][question], answer, "{question}");
    }
    no_complaints(&[&window]).await;
    window.close().await;
}

async fn a_red_flag_reaches_the_nurse_and_the_answer_comes_back(driver: &Driver, house: &House) {
    let nora = nurse(driver, house, "nora").await;
    nora.until("the live line", "return document.querySelector('[data-live]').dataset.state === 'on'").await;
    nora.see("Nobody is waiting").await;
    nora.js("window.sameLoad = true").await;

    let phone = phone(driver, house, ANA.0).await;
    phone.tap("a[href='/check-in?page=page-safety']").await;
    phone.at("/check-in/page/page-safety").await;
    phone.answer("saddle", "yes").await;
    phone.until("advice in its place", "return !!document.querySelector('[data-advice] .banner.emergency a[href=\"tel:911\"]')").await;
    phone.at("/check-in/page/page-safety").await;
    phone.see("This was sent to the clinic at 10:00.").await;

    // The nurse's list has it, without a reload.
    let began = Instant::now();
    nora.see(ANA.1).await;
    assert!(began.elapsed().as_secs_f64() < 2.0, "it took {:?}", began.elapsed());
    assert_eq!(nora.js("return window.sameLoad === true").await, json!(true), "the page was not loaded again");
    let said = nora.js("return document.querySelector('[data-say-new]').textContent").await;
    assert!(said.as_str().unwrap().contains(ANA.1), "and it was said aloud: {said}");

    phone.tap(".end-rest .btn").await;
    phone.at("/check-in/page/page-pain").await;
    phone.until("the advice on the next screen", "return !!document.querySelector('[data-advice] .banner')").await;
    quiet_pain(&phone).await;
    phone.tap("form.check-in > .btn.primary").await;
    phone.at("/check-in/page/page-day").await;
    phone.tap("form.check-in > .btn.primary").await;
    phone.at("/verdict/").await;
    phone.see("Emergency").await;
    assert!(phone.has(".verdict a.btn.loud[href='tel:911']").await && phone.has(".verdict a[href='tel:5550100']").await);
    phone.see("Not read yet").await;
    fits(&phone).await;
    let verdict = phone.path().await;
    // With text twice as large the call is still on the first screen.
    phone.js("document.documentElement.style.fontSize = '200%'; scrollTo(0, 0)").await;
    fits(&phone).await;
    let below = phone.js("return document.querySelector('.verdict .btn.loud').getBoundingClientRect().bottom - innerHeight").await;
    assert!(below.as_f64().is_some_and(|below| below <= 0.0), "the call is {below} px below the screen");

    // Nora takes it.
    house.later(1);
    nora.tap(".row a").await;
    nora.until("the person beside the list", "return location.search.includes('patient=') && !!document.querySelector('[data-take]')")
        .await;
    fits(&nora).await;
    nora.tap("[data-take] .btn").await;
    nora.see("Taken by Nora Lindqvist").await;
    nora.see("Undo").await;
    phone.go(&verdict).await;
    phone.see("Read by Nora Lindqvist at 10:00").await;
    phone.go("/today").await;
    phone.see("Read by Nora Lindqvist").await;

    // Omar sees whose it is.
    let omar = nurse(driver, house, "omar").await;
    omar.see("Nora Lindqvist, 10:00").await;
    assert!(!omar.has("[data-take]").await, "what is taken cannot be taken");

    // Resolving without a note is kept and mended.
    let alerts = nora.count("section.alert").await;
    resolve_form(&nora).await;
    nora.js("document.querySelector('details.act[open] select').value = 'seen-here'").await;
    nora.write("details.act[open] textarea", "   ").await;
    nora.tap("details.act[open] .btn.primary").await;
    nora.see("Say in a few words what was found and done").await;
    assert_eq!(nora.value("details.act[open] select").await, "seen-here", "what was chosen is kept");
    assert!(nora.has("details.act[open] textarea[aria-invalid='true']").await);
    let focus = nora.js("return document.activeElement.tagName").await;
    assert_eq!(focus, json!("TEXTAREA"), "the focus is where it has to be mended");
    // Words that were not sent are asked about before the page is left, whatever leads away from it; those that are being sent are not.
    let asks = async |sends: &str| {
        let leave = "const leave = new Event('beforeunload', { cancelable: true }); dispatchEvent(leave); return leave.defaultPrevented";
        nora.js(&format!("{sends}; {leave}")).await
    };
    assert_eq!(asks("").await, json!(false), "nothing is lost with blanks");
    nora.write("details.act[open] textarea", "Went to the emergency department at 10:20.").await;
    assert_eq!(asks("").await, json!(true));
    let send = |form: &str| format!("document.querySelector('{form}').dispatchEvent(new Event('submit', {{ bubbles: true }}))");
    assert_eq!(asks(&send("details.act[open] form")).await, json!(false));
    assert_eq!(asks(&send("form.search")).await, json!(true), "another form takes them nowhere");
    nora.tap("details.act[open] .btn.primary").await;
    nora.see("Resolved:").await;
    assert_eq!(nora.count("section.alert").await, alerts - 1);
    nora.tap(".toast form .btn").await;
    nora.until("it to stand again", &format!("return document.querySelectorAll('section.alert').length === {alerts}")).await;
    no_complaints_but(&nora, "422").await;
    no_complaints(&[&omar, &phone]).await;
    for window in [nora, omar, phone] {
        window.close().await;
    }
}

/// Opens the second of the forms beside an alert.
async fn resolve_form(nurse: &Window) {
    nurse.tap("section.alert details.act:last-of-type > summary").await;
    nurse.until("the form", "return !!document.querySelector('details.act[open] textarea')").await;
}

async fn advice_taken_back_comes_back(driver: &Driver, house: &House) {
    let phone = phone(driver, house, ANA.0).await;
    phone.go("/check-in?page=page-safety").await;
    for _ in 0..2 {
        phone.answer("saddle", "yes").await;
        phone.until("the advice", "return !!document.querySelector('[data-advice] .banner a[href=\"tel:911\"]')").await;
        phone.answer("saddle", "yes").await;
        phone.until("the advice to go", "return !document.querySelector('[data-advice] .banner')").await;
        // It does not go in silence: a line says so where it was unticked, and at the top.
        phone.until("the line", "return !!document.querySelector('[data-advice] .taken-back')").await;
        phone.until("the line beside the question", "return !!document.querySelector('#q-saddle [data-note-here]')").await;
        fits(&phone).await;
    }
    // The next sign has a card of its own, and it names that sign.
    phone.answer("fall", "yes").await;
    phone.until("its card", "return /A fall or a blow/.test(document.querySelector('[data-advice] .banner.attention')?.textContent)").await;
    phone.js("scrollTo(0, document.body.scrollHeight)").await;
    let help = phone.js("return document.querySelector('.help-now').getBoundingClientRect().top").await;
    assert!(help.as_f64().is_some_and(|top| (0.0..100.0).contains(&top)), "Help now is in reach at the end of the list: {help}");
    no_complaints(&[&phone]).await;
    phone.close().await;
}

/// Takes the network away, or gives it back.
fn network(window: &Window, offline: bool) {
    window.cdp("Network.enable", json!({}));
    let conditions = json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
    window.cdp("Network.emulateNetworkConditions", conditions);
}

async fn a_red_flag_speaks_without_a_network(driver: &Driver, house: &House) {
    for (patient, headline, kept) in [
        (ANA.0, "Get emergency help now", "Your answer is kept on this phone"),
        (BEN.0, "Busque ayuda de emergencia ahora", "Su respuesta se guarda en este teléfono"),
    ] {
        let phone = phone(driver, house, patient).await;
        phone.go("/check-in?page=page-safety").await;
        network(&phone, true);
        // A calmer panel for what is less urgent, and none once it is taken back.
        phone.answer("calf", "yes").await;
        phone.until("the calm panel", "return !!document.querySelector('[data-advice] .banner.attention a[href=\"tel:5550100\"]')").await;
        phone.answer("bladder", "leaking").await;
        phone.until("the panel", "return !!document.querySelector('[data-advice] .banner.emergency a.loud[href=\"tel:911\"]')").await;
        phone.see(headline).await;
        phone.see(kept).await;
        fits(&phone).await;
        phone.answer("bladder", "leaking").await;
        phone.until("the calm panel again", "return !!document.querySelector('[data-advice] .banner.attention')").await;
        phone.answer("calf", "yes").await;
        phone.until("no panel", "return !document.querySelector('[data-advice] .banner')").await;
        phone.answer("bladder", "leaking").await;
        phone.until("the panel", "return !!document.querySelector('[data-advice] .banner.emergency')").await;
        assert!(house.desk().open_alerts(patient).unwrap().is_empty(), "the clinic cannot know yet");
        // Another page is opened with the network back: what was kept goes to the clinic by itself.
        phone.until("the copy", "return Object.keys(localStorage).some((key) => key.startsWith('lamella-draft '))").await;
        phone.client.goto("about:blank").await.unwrap();
        network(&phone, false);
        phone.go("/today").await;
        phone.until("nothing to be left on the phone", "return location.pathname === '/today' && localStorage.length === 0").await;
        phone.go("/today").await;
        phone.until("the alert on Today", "return !!document.querySelector('.banner.emergency a[href=\"tel:911\"]')").await;
        assert!(house.desk().open_alerts(patient).unwrap().iter().any(|kept| kept.alert.cause == "bladder-change"));
        phone.close().await;
    }
}

async fn a_red_flag_kept_too_long_mends_what_was_sent(driver: &Driver, house: &House) {
    let phone = phone(driver, house, ANA.0).await;
    phone.go("/check-in?page=page-safety").await;
    phone.answer("rest-pain", "yes").await;
    phone.until("it to be kept", "return /^Kept \\d/.test(document.querySelector('[data-kept]').textContent)").await;
    network(&phone, true);
    phone.answer("bladder", "leaking").await;
    phone.until("the panel", "return !!document.querySelector('[data-advice] .banner.emergency')").await;
    // Half an hour later the clinic gets what it has of the draft, which knows nothing of the bladder.
    house.later(31 * 60);
    house.look_around();
    assert_eq!(house.desk().record(ANA.0).unwrap().events.len(), 1);
    phone.client.goto("about:blank").await.unwrap();
    network(&phone, false);
    phone.go("/today").await;
    phone.until("nothing to be left on the phone", "return location.pathname === '/today' && localStorage.length === 0").await;
    let events = house.desk().record(ANA.0).unwrap().events;
    let sent = serde_json::to_value(events.last().unwrap()).unwrap();
    assert_eq!((&sent["answers"]["bladder"], &sent["corrects"]), (&json!("leaking"), &json!(events[0].id)), "{events:?}");
    assert_eq!(sent["answers"]["rest-pain"], "yes");
    assert!(house.desk().open_alerts(ANA.0).unwrap().iter().any(|kept| kept.alert.cause == "bladder-change"));
    phone.close().await;
}

async fn nothing_typed_is_lost(driver: &Driver, house: &House) {
    let phone = phone(driver, house, ANA.0).await;
    phone.tap("a.btn.primary").await;
    phone.at("/check-in/page/page-pain").await;
    quiet_pain(&phone).await;
    phone.until("it to be kept", "return /^Kept \\d/.test(document.querySelector('[data-kept]').textContent)").await;
    let chosen = "return [...document.querySelectorAll('form.check-in :checked')].map((one) => `${one.name}=${one.value}`).join(' ')";
    let before = phone.js(chosen).await;
    assert!(before.as_str().unwrap().contains("pain=2 pain-worst=3"), "{before}");
    phone.client.refresh().await.unwrap();
    phone.until("the page again", "return document.readyState === 'complete'").await;
    assert_eq!(phone.js(chosen).await, before, "after a reload");
    phone.tap("form.check-in > .btn.primary").await;
    phone.at("/check-in/page/page-safety").await;
    phone.answer("numbness", "as-before").await;
    phone.answer("fever", "feverish").await;
    phone.until("the thermometer", "return document.querySelector('[name=temperature]').offsetParent !== null").await;
    phone.write("[name=temperature]", "38,4").await;
    phone.until("it to be kept", "return /^Kept \\d/.test(document.querySelector('[data-kept]').textContent)").await;
    phone.client.back().await.unwrap();
    phone.at("/check-in/page/page-pain").await;
    assert_eq!(phone.js(chosen).await, before, "after going back");
    phone.client.forward().await.unwrap();
    phone.at("/check-in/page/page-safety").await;
    let safety = phone.js(chosen).await;
    assert!(safety.as_str().unwrap().contains("numbness=as-before fever=feverish"), "{safety}");
    assert_eq!(phone.value("[name=temperature]").await, "38.4");
    // The link at the top goes back as well; Today knows that something is begun.
    phone.tap("a.back").await;
    phone.at("/check-in/page/page-pain").await;
    assert_eq!(phone.js(chosen).await, before, "after the way back");
    phone.go("/today").await;
    phone.see("Continue where you were").await;
    phone.tap("a.btn.primary").await;
    phone.at("/check-in/page/page-safety").await;
    // What is tapped and sent at once is not lost to the half second before it is kept.
    phone.answer("calf", "yes").await;
    phone.tap(".end-rest .btn").await;
    phone.at("/check-in/page/page-day").await;
    let (_, draft) = house.desk().draft(&house.desk().key(ANA.0)).unwrap().unwrap();
    assert_eq!(draft.answers.get("calf"), Some(&lamella_record::Answer::code("yes")));
    // Mended: a slip of the finger becomes a new check-in.
    phone.tap("form.check-in > .btn.primary").await;
    phone.at("/verdict/").await;
    phone.see("I tapped the wrong answer").await;
    phone.tap("a[href^='/check-in/correct/']").await;
    phone.at("/check-in/page/page-pain").await;
    assert_eq!(phone.js(chosen).await, before, "the old answers stand there to be mended");
    phone.tap("form.check-in > .btn.primary").await;
    phone.at("/check-in/page/page-safety").await;
    phone.answer("calf", "yes").await;
    phone.tap(".end-rest .btn").await;
    phone.at("/check-in/page/page-day").await;
    phone.tap("form.check-in > .btn.primary").await;
    phone.at("/verdict/").await;
    let events = house.desk().record(ANA.0).unwrap().events;
    assert!(events.last().unwrap().corrects.is_some(), "{events:?}");
    no_complaints(&[&phone]).await;
    phone.close().await;
}

async fn the_clinic_works_by_keys(driver: &Driver, house: &House) {
    for (id, changed) in
        [("kim", json!({ "bladder": "leaking" })), ("lou", json!({ "weakness": "new" })), ("max", json!({ "rest-pain": "yes" }))]
    {
        house.person(id, &format!("Synthetic {id}"), "555 0123", "en", 9);
        house.check_in(id, &format!("{id}-1"), changed);
    }
    let nora = nurse(driver, house, "nora").await;
    nora.until("the list", "return document.querySelectorAll('.row').length >= 3").await;
    let names = "return [...document.querySelectorAll('.row')].map((row) => row.querySelector('a').textContent)";
    let names: Vec<String> = serde_json::from_value(nora.js(names).await).unwrap();
    assert_eq!(names[0], "Synthetic kim", "the most urgent first: {names:?}");
    let focused = "return document.activeElement.closest('.row') ? [...document.querySelectorAll('.row')].indexOf(document.activeElement.closest('.row')) : -1";
    nora.js("document.activeElement.blur()").await;
    nora.press('j').await;
    let first = nora.js(focused).await.as_i64().unwrap();
    assert!(first >= 0, "j moves into the list");
    nora.press('j').await;
    assert_eq!(nora.js(focused).await, json!(first + 1));
    nora.press('k').await;
    assert_eq!(nora.js(focused).await, json!(first));
    while nora.js(focused).await.as_i64().unwrap() < i64::try_from(names.len()).unwrap() - 1 {
        nora.press('j').await;
    }
    nora.press('j').await;
    assert_eq!(nora.js(focused).await, json!(names.len() - 1), "the end holds");
    nora.press(ENTER).await;
    nora.until("the last one's page", "return location.search.includes('patient=max')").await;
    // `a` takes whom the page shows.
    nora.press('a').await;
    nora.see("Taken by Nora Lindqvist").await;
    assert!(house.desk().open_alerts("max").unwrap().iter().any(|kept| kept.alert.acknowledged.is_some()));
    assert!(house.desk().open_alerts("kim").unwrap().iter().all(|kept| kept.alert.acknowledged.is_none()), "nobody else is taken");
    // `/` goes to the search; there letters are letters.
    nora.press('/').await;
    nora.until("the search", "return document.activeElement.matches('[data-search]')").await;
    for key in "lou".chars() {
        nora.press(key).await;
    }
    assert_eq!(nora.value("[data-search]").await, "lou");
    nora.press(ENTER).await;
    nora.until("what was looked for", "return location.search.includes('q=lou') && document.querySelectorAll('.row').length === 1").await;
    // `a` on a row that is not open opens it first.
    nora.go("/clinic?patient=max").await;
    nora.js("document.querySelector('.row a').focus()").await;
    nora.press('a').await;
    nora.until("the row's page", "return location.search.includes('patient=kim')").await;
    assert!(house.desk().open_alerts("kim").unwrap().iter().all(|kept| kept.alert.acknowledged.is_none()), "not taken unseen");
    // The keys can be switched off, and stay off.
    nora.tap("[data-keys]").await;
    nora.js("document.activeElement.blur()").await;
    nora.press('a').await;
    nora.go("/clinic").await;
    nora.press('j').await;
    assert_eq!(nora.js(focused).await, json!(-1));
    assert!(house.desk().open_alerts("kim").unwrap().iter().all(|kept| kept.alert.acknowledged.is_none()), "off is off");
    nora.tap("[data-keys]").await;
    // All of it without a mouse: to the person, into the form, out of it.
    nora.go("/clinic?patient=kim").await;
    nora.tab_to("section.alert details.act:last-of-type > summary").await;
    nora.press(ENTER).await;
    nora.tab_to("details.act[open] select").await;
    nora.press('s').await;
    nora.tab_to("details.act[open] textarea").await;
    for key in "Seen.".chars() {
        nora.press(key).await;
    }
    nora.tab_to("details.act[open] .btn.primary").await;
    nora.press(ENTER).await;
    nora.see("Resolved:").await;
    no_complaints(&[&nora]).await;
    nora.close().await;
}

/// A second tap meets what the first did: opening one form moves no button of the row.
async fn the_buttons_stay_where_they_are(driver: &Driver, house: &House) {
    house.person("tom", "Synthetic Tom", "555 0123", "en", 9);
    house.check_in("tom", "tom-1", json!({ "bladder": "leaking" }));
    let nora = nurse(driver, house, "nora").await;
    let places = "return [...document.querySelectorAll('.acts a, .acts [data-take] button, .act > summary')].map((one) => \
        { const at = one.getBoundingClientRect(); return [at.x, at.y + scrollY, at.width, at.height] })";
    for taken in [false, true] {
        if taken {
            nora.tap("[data-take] button").await;
            nora.see("Taken by Nora Lindqvist").await;
        }
        for size in [PHONE, DESK] {
            nora.resize(size);
            nora.go("/clinic?patient=tom").await;
            let before = nora.js(places).await;
            assert_eq!(before.as_array().unwrap().len(), if taken { 3 } else { 4 }, "{before}");
            for act in ["details.act:nth-last-of-type(2)", "details.act:last-of-type"] {
                nora.tap(&format!("{act} > summary")).await;
                nora.until("the form", &format!("return document.querySelector('{act}[open] form').getBoundingClientRect().height > 100"))
                    .await;
                assert_eq!(nora.js(places).await, before, "{act} at {size:?}, taken: {taken}");
                fits(&nora).await;
            }
        }
    }
    nora.close().await;
}

async fn a_check_in_works_by_keys(driver: &Driver, house: &House) {
    let phone = phone(driver, house, ANA.0).await;
    phone.press(common::chrome::TAB).await;
    assert!(phone.js("return document.activeElement.className").await == json!("skip"), "the first stop leads past the head");
    phone.tab_to("a.btn.primary").await;
    phone.press(ENTER).await;
    phone.at("/check-in/page/page-pain").await;
    for (question, rights) in [("pain", 2), ("pain-worst", 3), ("function", 1)] {
        phone.tab_to(&format!("#q-{question} [type=radio]")).await;
        phone.press(SPACE).await;
        for _ in 0..rights {
            phone.press(RIGHT).await;
        }
    }
    for (question, code) in [("character", "ache"), ("where", "low-back"), ("set-off", "activity")] {
        phone.tab_to(&format!("#q-{question} [value='{code}']")).await;
        phone.press(SPACE).await;
    }
    for (question, rights) in [("settles", 1), ("against-usual", 1)] {
        phone.tab_to(&format!("#q-{question} [type=radio]")).await;
        phone.press(SPACE).await;
        for _ in 0..rights {
            phone.press(RIGHT).await;
        }
    }
    phone.tab_to("form.check-in > .btn.primary").await;
    phone.press(ENTER).await;
    phone.at("/check-in/page/page-safety").await;
    let passed = phone.tab_to("[data-none]").await;
    assert!(passed.len() > 30, "Tab passes the whole list before *None of these*: {passed:?}");
    phone.press(ENTER).await;
    phone.at("/check-in/page/page-day").await;
    phone.tab_to("form.check-in > .btn.primary").await;
    phone.press(SPACE).await;
    phone.at("/verdict/").await;
    let sent = serde_json::to_value(&house.desk().record(ANA.0).unwrap().events[0]).unwrap();
    for (question, answer) in
        [("pain", json!(2)), ("pain-worst", json!(3)), ("settles", json!("within-hours")), ("against-usual", json!("same"))]
    {
        assert_eq!(sent["answers"][question], answer, "{question}");
    }
    // What has to be mended has the focus.
    phone.go("/check-in").await;
    phone.at("/check-in/page/page-pain").await;
    phone.tab_to("form.check-in > .btn.primary").await;
    phone.press(ENTER).await;
    phone.see("Please look at this again").await;
    phone.until("the focus at what has to be mended", "return document.activeElement.id === 'mend'").await;
    phone.press(common::chrome::TAB).await;
    phone.press(ENTER).await;
    phone
        .until("the focus at the question", "return document.activeElement.id === 'q-pain' || !!document.activeElement.closest('#q-pain')")
        .await;
    no_complaints_but(&phone, "422").await;
    phone.close().await;
}

/// A form that has to be mended is answered with 422, which the console notes.
async fn no_complaints_but(window: &Window, allowed: &str) {
    let complaints: Vec<String> = window.complaints().into_iter().filter(|complaint| !complaint.contains(allowed)).collect();
    assert!(complaints.is_empty(), "the console complains: {complaints:#?}");
}

async fn the_day_of_a_spanish_phone(driver: &Driver, house: &House) {
    // The phone itself is set to English: the person's own language counts.
    let phone = driver.window(&house.address, PHONE, "en").await;
    phone.go(&house.invite(BEN.0)).await;
    let mut pages = vec![];
    let mut look = async |phone: &Window| {
        assert_eq!(phone.js("return document.documentElement.lang").await, json!("es"), "{}", phone.path().await);
        fits(phone).await;
        pages.push((phone.path().await, phone.words().await));
    };
    look(&phone).await;
    phone.tap("main form .btn").await;
    phone.at("/today").await;
    look(&phone).await;
    phone.tap("a.btn.primary").await;
    phone.at("/check-in/page/page-pain").await;
    look(&phone).await;
    quiet_pain(&phone).await;
    phone.see("Guardado").await;
    phone.tap("form.check-in > .btn.primary").await;
    phone.at("/check-in/page/page-safety").await;
    phone.answer("weakness", "cannot-lift-foot").await;
    phone.until("advice", "return !!document.querySelector('[data-advice] .banner')").await;
    look(&phone).await;
    phone.tap(".end-rest .btn").await;
    phone.at("/check-in/page/page-day").await;
    phone.see("No nos espere: llame.").await;
    look(&phone).await;
    phone.tap("form.check-in > .btn.primary").await;
    phone.at("/verdict/").await;
    phone.see("Emergencia").await;
    phone.js("document.querySelectorAll('details').forEach((one) => { one.open = true })").await;
    look(&phone).await;
    for path in ["/today", "/me", "/stopped", "/help"] {
        phone.go(path).await;
        look(&phone).await;
    }
    for (path, words) in &pages {
        let words = format!(" {} ", words.to_lowercase());
        for english in [" the ", " your ", " you ", " and ", " with ", " today ", " check-in ", " nurse ", " call "] {
            assert!(!words.contains(english), "{path} says `{english}`:\n{words}");
        }
    }
    no_complaints(&[&phone]).await;
    phone.close().await;
}

async fn it_is_dark_in_the_dark(driver: &Driver, house: &House) {
    let phone = phone(driver, house, ANA.0).await;
    let ground = "return getComputedStyle(document.body).backgroundColor";
    phone.theme("light");
    assert_eq!(phone.js(ground).await, json!("rgb(250, 247, 242)"));
    phone.theme("dark");
    assert_eq!(phone.js(ground).await, json!("rgb(18, 21, 22)"));
    // No page has a bright patch left: the mean of a screenshot is dark.
    for path in ["/today", "/check-in", "/check-in?page=page-safety", "/me", "/stopped", "/help"] {
        phone.go(path).await;
        let bright = "return [...document.querySelectorAll('body *')].filter((one) => {
            const c = getComputedStyle(one).backgroundColor.match(/[\\d.]+/g).map(Number);
            const box = one.getBoundingClientRect();
            return (c[3] ?? 1) > 0.5 && (c[0] + c[1] + c[2]) / 3 > 200 && box.width * box.height > 20000;
        }).map((one) => `${one.tagName}.${one.className}`)";
        assert_eq!(phone.js(bright).await, json!([]), "{path} has a bright patch");
    }
    phone.close().await;
}

async fn the_emergency_card_stays_without_a_network(driver: &Driver, _: &House) {
    let house = std::thread::spawn(House::open).join().unwrap();
    let phone = phone(driver, &house, ANA.0).await;
    let ready = "return navigator.serviceWorker.ready.then((there) => there.active.state === 'activated')";
    phone.until("the worker", ready).await;
    phone.until("the card to be kept", "return caches.match('/help').then((kept) => !!kept)").await;
    let kept = "return caches.keys().then((names) => Promise.all(names.map((name) => caches.open(name).then((one) => one.keys()))))
        .then((all) => all.flat().map((one) => new URL(one.url).pathname).filter((path) => !['/help', '/offline'].includes(path) && !path.startsWith('/static/')))";
    phone.until("the day to be kept", "return caches.match('/today').then((kept) => !!kept)").await;
    assert_eq!(phone.js(kept).await, json!(["/today"]), "nothing about the person is kept but the day");
    // Signed out, the day goes as well; signed in again, it comes back.
    phone.go("/me").await;
    phone.tap("details.sure > summary").await;
    phone.tap("form[action='/sign-out'] .btn.danger").await;
    phone.at("/signed-out").await;
    phone.see("You are signed out").await;
    phone.until("the day to go", "return caches.match('/today').then((kept) => !kept)").await;
    phone.go(&house.invite(ANA.0)).await;
    phone.tap("main form .btn").await;
    phone.at("/today").await;
    phone.until("the day to be kept", "return caches.match('/today').then((kept) => !!kept)").await;
    // The network is gone: the server with it.
    std::thread::spawn(move || drop(house)).join().unwrap();
    phone.go("/today").await;
    phone.see("No network. This page is from Tuesday 11 March, 10:00.").await;
    phone.see("Day 9").await;
    phone.tap("a.help-now").await;
    phone.see("Do not wait").await;
    for (path, says) in
        [("/help", "Do not wait"), ("/me", "This page needs a network"), ("/check-in/page/page-safety", "This page needs a network")]
    {
        phone.go(path).await;
        phone.see(says).await;
        assert!(phone.has("a[href='tel:911']").await && phone.has("a[href='tel:988']").await, "{path}");
        let font = phone.js("return getComputedStyle(document.querySelector('.btn.loud, .line')).minBlockSize").await;
        assert_ne!(font, json!("auto"), "the card keeps its style");
    }
    phone.close().await;
}

async fn a_nurse_enters_somebody_whose_phone_then_opens(driver: &Driver, house: &House) {
    let nora = nurse(driver, house, "nora").await;
    nora.tap("nav a[href='/clinic/patients']").await;
    nora.tap("a[href='/clinic/patients/new']").await;
    nora.at("/clinic/patients/new").await;
    fits(&nora).await;
    nora.tap("main form.card .btn.primary").await;
    nora.see("Please look at this again").await;
    nora.until("the focus at what has to be mended", "return document.activeElement.id === 'mend'").await;
    nora.write("#name", "Ignacia Ñandú-O’Neill").await;
    nora.js("document.querySelector('#born').value = '1970-05-06'").await;
    nora.write("#phone", "555 0177").await;
    nora.js("document.querySelector('#procedure_date').value = '2025-03-10'").await;
    nora.tap("[name=levels][value='L4-L5']").await;
    nora.tap("main form.card .btn.primary").await;
    nora.see("Hand this over").await;
    assert!(nora.has(".qr svg").await);
    let link = nora.value("#link").await;
    let path = link.strip_prefix(&house.address).expect("a link to this house").to_string();
    let phone = driver.window(&house.address, PHONE, "en").await;
    phone.go(&path).await;
    phone.tap("main form .btn").await;
    phone.at("/today").await;
    phone.see("Day 1").await;
    // Reloading the page with the link does not enter the person twice.
    nora.client.refresh().await.unwrap();
    let there = house.desk().people("Ignacia", 10).unwrap().len();
    assert_eq!(there, 1, "the person is entered once");
    no_complaints_but(&nora, "422").await;
    no_complaints(&[&phone]).await;
    nora.close().await;
    phone.close().await;
}
