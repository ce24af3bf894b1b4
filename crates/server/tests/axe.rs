//! Every page in every state before axe-core (WCAG 2.0, 2.1, 2.2, A and AA), on a phone and at a desk, by day and by night, in
//! both languages: no violation, no word in the console, nothing that sticks out, nothing too small for a finger.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod common;

use common::chrome::{DESK, Driver, PHONE, Window};
use common::museum::Museum;
use common::{House, repository};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

const RULES: &str = r#"
    const [only, done] = arguments;
    const options = only ? { runOnly: { type: 'rule', values: only } }
        : { runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] } };
    axe.run(document, { ...options, resultTypes: ['violations'], preload: false })
        .then((seen) => done(seen.violations.map((one) => ({ rule: one.id, help: one.help,
            nodes: one.nodes.map((node) => `${node.target.join(' ')}  ${node.any.concat(node.all, node.none).map((check) => check.message).join('; ').slice(0, 200)}`) }))))
        .catch((error) => done([{ rule: 'axe itself', help: String(error), nodes: ['-'] }]));
"#;

/// What a finger cannot hit: links within a sentence are excused, as WCAG 2.5.8 does.
const SMALL: &str = r#"
    const shown = (one) => one.checkVisibility({ visibilityProperty: true }) && one.getBoundingClientRect().width > 1;
    return [...document.querySelectorAll('button, summary, select, textarea, input:not([type=hidden]), a.btn, a.help-now, a.back, nav a')]
        .filter((one) => shown(one) && !one.classList.contains('skip'))
        .map((one) => [one, (one.matches('[type=radio], [type=checkbox]') ? one.closest('label') ?? one : one).getBoundingClientRect()])
        .filter(([one, box]) => box.height < 43.5 || box.width < 43.5)
        .map(([one, box]) => `${one.tagName.toLowerCase()}.${one.className} ${one.name ?? ''} “${one.textContent.trim().slice(0, 30)}” ${Math.round(box.width)} × ${Math.round(box.height)}`);
"#;

/// Opens what is folded and shows what waits for its moment (no network, a lost line).
const UNFOLD: &str = r#"
    document.querySelectorAll('details:not([open])').forEach((one) => { one.removeAttribute('name'); one.open = true; });
    document.querySelectorAll('[data-offline], [data-wait], [data-reload], [data-none-hint], [data-news]').forEach((one) => { one.hidden = false; });
"#;

/// What is wrong, and where: each kind of fault once, with the pages that have it.
type Faults = BTreeMap<String, Vec<String>>;

#[test]
fn every_page_in_every_state() {
    let file = repository().join("target/axe/node_modules/axe-core/axe.min.js");
    let axe = std::fs::read_to_string(&file).unwrap_or_else(|error| {
        panic!("{}: {error}; `./test` installs it, or: npm install --prefix target/axe axe-core@4", file.display());
    });
    let axe = Arc::new(axe);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let driver = Arc::new(Driver::start());
    let houses = ["en", "es"].map(|language| (language, House::open()));
    // Two windows side by side, a language each.
    let walks = houses.iter().map(|(language, house)| {
        let (museum, driver, axe, language) = (Museum::of(house, language), driver.clone(), axe.clone(), language.to_string());
        runtime.spawn(async move { visit(&driver, &museum, &axe, &language).await })
    });
    let walks: Vec<_> = walks.collect();
    let mut faults = Faults::new();
    for walk in walks {
        for (fault, places) in runtime.block_on(walk).expect("a walk to its end") {
            faults.entry(fault).or_default().extend(places);
        }
    }
    let listed: Vec<String> = faults.iter().map(|(fault, places)| format!("{fault}\n    on {}: {}", places.len(), short(places))).collect();
    assert!(faults.is_empty(), "{} kinds of fault:\n{}", faults.len(), listed.join("\n"));
}

fn short(places: &[String]) -> String {
    let some: Vec<&str> = places.iter().take(4).map(String::as_str).collect();
    format!("{}{}", some.join(", "), if places.len() > 4 { ", …" } else { "" })
}

async fn visit(driver: &Driver, museum: &Museum, axe: &str, language: &str) -> Faults {
    let window = driver.window(&museum.address, PHONE, language).await;
    let mut faults = Faults::new();
    // The script is there before each page's own; a page's policy does not bind the driver.
    window.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": axe }));
    the_instrument_works(&window).await;
    for (number, name) in museum.names.iter().enumerate() {
        window.resize(DESK);
        window.theme("light");
        window.go(&format!("/page/{number}")).await;
        look(&window, &mut faults, &format!("{name}, desk"), Value::Null).await;
        over(&window, &mut faults, &format!("{name}, desk")).await;
        // By night only colours change, and they speak no language.
        let night = json!(["color-contrast", "link-in-text-block"]);
        if language == "en" {
            window.theme("dark");
            look(&window, &mut faults, &format!("{name}, desk, dark"), night.clone()).await;
            window.theme("light");
        }
        window.resize(PHONE);
        over(&window, &mut faults, &format!("{name}, phone")).await;
        for small in strings(&window.js(SMALL).await) {
            note(&mut faults, format!("too small for a finger: {small}"), name);
        }
        window.js(UNFOLD).await;
        look(&window, &mut faults, &format!("{name}, phone, unfolded"), Value::Null).await;
        over(&window, &mut faults, &format!("{name}, phone, unfolded")).await;
        window.theme("dark");
        look(&window, &mut faults, &format!("{name}, phone, unfolded, dark"), night).await;
        for complaint in window.complaints() {
            note(&mut faults, format!("the console: {complaint}"), name);
        }
    }
    window.close().await;
    faults
}

/// A page with faults is not let through.
async fn the_instrument_works(window: &Window) {
    window.go("/page/0").await;
    let faulty = "<img src=\"/static/mark.svg\"><p id=\"pale\">pale</p><input><button id=\"small\">x</button><div id=\"wide\">wide</div>";
    window.js_with("document.querySelector('main').innerHTML += arguments[0]; pale.style.color = '#eee'", vec![json!(faulty)]).await;
    window.js("wide.style.width = '3000px'; small.style.width = small.style.height = '20px'; console.error('a complaint')").await;
    let mut faults = Faults::new();
    look(window, &mut faults, "a page with faults", Value::Null).await;
    over(window, &mut faults, "a page with faults").await;
    for wanted in ["image-alt", "color-contrast", "label", "it is wider"] {
        assert!(faults.keys().any(|fault| fault.starts_with(wanted)), "{wanted} is not found: {faults:?}");
    }
    assert!(strings(&window.js(SMALL).await).iter().any(|small| small.contains("20 × 20")), "a small button is not found");
    assert!(window.complaints().iter().any(|complaint| complaint.contains("a complaint")), "the console is not heard");
}

async fn over(window: &Window, faults: &mut Faults, place: &str) {
    let over = window.js("return document.scrollingElement.scrollWidth - innerWidth").await;
    if over.as_i64().is_none_or(|over| over > 0) {
        note(faults, "it is wider than the screen".to_string(), &format!("{place}, by {over}"));
    }
}

async fn look(window: &Window, faults: &mut Faults, place: &str, only: Value) {
    let seen = window.client.execute_async(RULES, vec![only]).await.unwrap_or_else(|error| panic!("{place}: {error}"));
    for violation in seen.as_array().cloned().unwrap_or_default() {
        for node in strings(&violation["nodes"]) {
            note(
                faults,
                format!("{}: {} — {node}", violation["rule"].as_str().unwrap_or(""), violation["help"].as_str().unwrap_or("")),
                place,
            );
        }
    }
}

fn note(faults: &mut Faults, fault: String, place: &str) {
    faults.entry(fault).or_default().push(place.to_string());
}

fn strings(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_string).collect()
}
