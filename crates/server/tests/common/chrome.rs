//! A real browser: one chromedriver a test binary, windows of a phone's or a desk's size, keys and taps.

use super::web::Browser;
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

pub const PHONE: (u32, u32) = (390, 844);
pub const DESK: (u32, u32) = (1280, 900);
pub const TAB: char = '\u{E004}';
pub const ENTER: char = '\u{E007}';
pub const SPACE: char = ' ';
pub const RIGHT: char = '\u{E014}';
const PATIENCE: Duration = Duration::from_secs(6);

/// The chromedriver of this test binary.
pub struct Driver {
    child: Child,
    port: u16,
    sessions: Mutex<Vec<String>>,
    profiles: tempfile::TempDir,
    opened: AtomicU32,
}

/// A browser window with a profile of its own.
pub struct Window {
    pub client: Client,
    driver: u16,
    session: String,
    address: String,
    taps: AtomicU32,
}

impl Driver {
    /// Starts it on a free port.
    pub fn start() -> Driver {
        for tool in ["/usr/bin/chromedriver", "/usr/bin/chromium"] {
            assert!(
                Path::new(tool).exists(),
                "{tool} is missing: the browser tests need Debian's `chromium` and `chromium-driver` (./test installs them)"
            );
        }
        let mut started = Command::new("/usr/bin/chromedriver");
        started.args(["--port=0", "--log-level=SEVERE"]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = started.spawn().expect("chromedriver starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let port = lines.by_ref().map_while(Result::ok).find_map(|line| {
            let rest = line.split("started successfully on port ").nth(1)?;
            rest.trim_end_matches('.').parse().ok()
        });
        std::thread::spawn(move || lines.for_each(drop));
        let port = port.expect("chromedriver says on which port it listens");
        let profiles = tempfile::tempdir().expect("a folder for a while");
        Driver { child, port, sessions: Mutex::new(vec![]), profiles, opened: AtomicU32::new(0) }
    }

    /// Opens a window on a house.
    pub async fn window(&self, address: &str, size: (u32, u32), language: &str) -> Window {
        let profile = self.profiles.path().join(self.opened.fetch_add(1, Ordering::SeqCst).to_string());
        std::fs::create_dir(&profile).expect("a folder for the profile");
        let flags = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--window-size=1300,1000",
        ];
        let mut flags: Vec<String> = flags.map(str::to_string).into();
        flags.push(format!("--user-data-dir={}", profile.display()));
        let wanted = json!({
            "browserName": "chrome", "goog:loggingPrefs": { "browser": "ALL" },
            "goog:chromeOptions": { "binary": "/usr/bin/chromium", "args": flags },
        });
        let Value::Object(wanted) = wanted else { unreachable!() };
        let client =
            ClientBuilder::new(HttpConnector::new()).capabilities(wanted).connect(&format!("http://127.0.0.1:{}", self.port)).await;
        let client = client.expect("a browser opens");
        let session = client.session_id().await.expect("an answer").expect("a session");
        self.sessions.lock().unwrap().push(session.clone());
        let window = Window { client, driver: self.port, session, address: address.to_string(), taps: AtomicU32::new(0) };
        window.resize(size);
        window.cdp("Network.enable", json!({}));
        window.cdp("Network.setExtraHTTPHeaders", json!({ "headers": { "Accept-Language": language } }));
        window
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let mut web = Browser::new(self.port);
        for session in self.sessions.lock().unwrap_or_else(std::sync::PoisonError::into_inner).drain(..) {
            let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| web.ask("DELETE", &format!("/session/{session}"), &[], b"")));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Window {
    // ---- the window itself -------------------------------------------------------------------------------------------------

    fn command(&self, path: &str, body: &Value) -> Value {
        let headers = [("content-type", "application/json")];
        let reply =
            Browser::new(self.driver).ask("POST", &format!("/session/{}/{path}", self.session), &headers, body.to_string().as_bytes());
        assert_eq!(reply.status, 200, "{path}: {}", reply.text());
        serde_json::from_slice::<Value>(&reply.body).expect("JSON")["value"].clone()
    }

    /// A command of the Chrome DevTools protocol.
    pub fn cdp(&self, command: &str, params: Value) -> Value {
        self.command("goog/cdp/execute", &json!({ "cmd": command, "params": params }))
    }

    pub fn resize(&self, (width, height): (u32, u32)) {
        self.cdp(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false }),
        );
    }

    /// `light` or `dark`.
    pub fn theme(&self, theme: &str) {
        let features = json!([{ "name": "prefers-color-scheme", "value": theme }, { "name": "prefers-reduced-motion", "value": "reduce" }]);
        self.cdp("Emulation.setEmulatedMedia", json!({ "features": features }));
    }

    /// What the console has complained of since it was last asked.
    pub fn complaints(&self) -> Vec<String> {
        let log = self.command("se/log", &json!({ "type": "browser" }));
        let entries = log.as_array().cloned().unwrap_or_default();
        let loud = entries.iter().filter(|entry| entry["level"] == "SEVERE" || entry["level"] == "WARNING");
        loud.map(|entry| entry["message"].as_str().unwrap_or_default().to_string()).collect()
    }

    pub async fn close(self) {
        let _ = self.client.close().await;
    }

    // ---- going and looking -------------------------------------------------------------------------------------------------

    pub async fn go(&self, path: &str) {
        self.client.goto(&format!("{}{path}", self.address)).await.unwrap_or_else(|error| panic!("{path}: {error}"));
    }

    /// The path of the page that is open, with its query.
    pub async fn path(&self) -> String {
        self.js("return location.pathname + location.search").await.as_str().unwrap_or_default().to_string()
    }

    pub async fn js(&self, script: &str) -> Value {
        self.js_with(script, vec![]).await
    }

    pub async fn js_with(&self, script: &str, args: Vec<Value>) -> Value {
        self.client.execute(script, args).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// The page's words.
    pub async fn words(&self) -> String {
        let text = self.js("return document.body.innerText").await;
        text.as_str().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Waits until a script says yes.
    pub async fn until(&self, what: &str, script: &str) {
        let began = Instant::now();
        loop {
            // A page that is just being left answers with an error; it is asked again.
            if matches!(self.client.execute(script, vec![]).await, Ok(Value::Bool(true))) {
                return;
            }
            if began.elapsed() > PATIENCE {
                panic!("waited for {what} on {}, which says:\n{}", self.path().await, self.words().await);
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    /// Waits until the page says this, case aside: a style may write it large.
    pub async fn see(&self, text: &str) {
        let wanted = json!(text.to_lowercase());
        let script = format!("return document.body.innerText.toLowerCase().replace(/\\s+/g, ' ').includes({wanted})");
        self.until(&format!("`{text}`"), &script).await;
    }

    pub async fn see_not(&self, text: &str) {
        let wanted = json!(text.to_lowercase());
        let script = format!("return !document.body.innerText.toLowerCase().replace(/\\s+/g, ' ').includes({wanted})");
        self.until(&format!("`{text}` to go"), &script).await;
    }

    /// Waits for a page.
    pub async fn at(&self, path: &str) {
        let script = format!("return location.pathname.startsWith({}) && document.readyState === 'complete'", json!(path));
        self.until(&format!("the page {path}"), &script).await;
    }

    pub async fn has(&self, css: &str) -> bool {
        self.js(&format!("return !!document.querySelector({})", json!(css))).await == json!(true)
    }

    pub async fn count(&self, css: &str) -> u64 {
        self.js(&format!("return document.querySelectorAll({}).length", json!(css))).await.as_u64().unwrap_or(0)
    }

    pub async fn value(&self, css: &str) -> String {
        self.js(&format!("return document.querySelector({}).value", json!(css))).await.as_str().unwrap_or_default().to_string()
    }

    // ---- doing -------------------------------------------------------------------------------------------------------------

    /// Taps or clicks what this selects, where a finger would; counts.
    pub async fn tap(&self, css: &str) {
        self.until(&format!("something to tap: {css}"), &format!("return !!document.querySelector({})", json!(css))).await;
        let found = self.client.find(Locator::Css(css)).await.unwrap_or_else(|error| panic!("{css}: {error}"));
        // A finger scrolls until it sees the thing whole, clear of the bars.
        self.js_with("arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })", vec![json!(found)]).await;
        if let Err(error) = found.click().await {
            panic!("{css} on {} cannot be tapped: {error}", self.path().await);
        }
        self.taps.fetch_add(1, Ordering::SeqCst);
    }

    /// An answer of a question.
    pub async fn answer(&self, question: &str, code: &str) {
        self.tap(&format!("#q-{question} [value=\"{code}\"]")).await;
    }

    pub fn taps(&self) -> u32 {
        self.taps.swap(0, Ordering::SeqCst)
    }

    pub async fn write(&self, css: &str, text: &str) {
        let field = self.client.find(Locator::Css(css)).await.unwrap_or_else(|error| panic!("{css}: {error}"));
        field.clear().await.expect("it can be emptied");
        field.send_keys(text).await.unwrap_or_else(|error| panic!("{css}: {error}"));
    }

    /// Presses a key, wherever the focus is.
    pub async fn press(&self, key: char) {
        let keys = KeyActions::new("keys".to_string()).then(KeyAction::Down { value: key }).then(KeyAction::Up { value: key });
        self.client.perform_actions(keys).await.unwrap_or_else(|error| panic!("{key:?}: {error}"));
    }

    /// Presses Tab until what has the focus matches; says what was passed on the way.
    pub async fn tab_to(&self, css: &str) -> Vec<String> {
        let mut passed = vec![];
        for _ in 0..250 {
            self.press(TAB).await;
            if self.js(&format!("return document.activeElement.matches({})", json!(css))).await == json!(true) {
                let seen = "const a = document.activeElement, near = [a, a.nextElementSibling, a.parentElement, a.closest('.row')];
                    return a.matches(':focus-visible') && near.some((one) => one && getComputedStyle(one).outlineStyle !== 'none')";
                assert_eq!(self.js(seen).await, json!(true), "the focus on {css} cannot be seen ({})", self.path().await);
                return passed;
            }
            let what = "const a = document.activeElement; return `${a.tagName} ${a.id} ${a.name ?? ''} ${a.value ?? ''} ${a.textContent.trim().slice(0, 30)}`";
            passed.push(self.js(what).await.as_str().unwrap_or_default().to_string());
        }
        panic!("Tab never reaches {css} on {}; it passes\n{}", self.path().await, passed.join("\n"));
    }
}
