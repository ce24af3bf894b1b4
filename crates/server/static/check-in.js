// A check-in without this file is a plain form. With it: every change is kept, "None of these" waits until the end of
// the list has been on screen, and nothing is sent into a dead network. What must not wait does not wait for a network
// either: the server says which answers those are (data-floor) and what to do then (template[data-unsent]).

const form = document.querySelector("form.check-in");
const status = document.querySelector("[data-kept]");
const advice = document.querySelector("[data-advice]");
const wait = document.querySelector("[data-wait]");
// What the clinic is known to have of the answers that must not wait, and what it said about them.
let there = flagged();
let heard = advice?.innerHTML ?? "";
const copyKey = `lamella-draft ${form?.elements.event?.value ?? ""} ${location.pathname}`;

if (form) {
  if (form.dataset.draft) {
    restoreCopy();
    keepOnChange();
  }
  holdNoneUntilRead();
  holdSendWithoutNetwork();
}

/** Posts the draft a moment after the last change; a later change waits for the one before it. */
function keepOnChange() {
  let timer;
  let running = Promise.resolve();
  form.addEventListener("input", () => {
    clearTimeout(timer);
    writeCopy();
    if (!navigator.onLine) adviseFromPage();
    timer = setTimeout(() => { running = running.then(keep); }, 400);
  });
}

/** Sends what stands in the form; the reply may carry advice that cannot wait. A network that says nothing counts as none. */
async function keep() {
  say("saving");
  const these = flagged();
  const slow = setTimeout(adviseFromPage, 2500);
  try {
    const reply = await fetch(form.dataset.draft, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { accept: "text/html" },
      signal: AbortSignal.timeout?.(15000),
    });
    if (!reply.ok || reply.redirected) throw new Error(`draft: ${reply.status}`);
    heard = reply.status === 200 ? await reply.text() : "";
    there = these;
    showAdvice(heard, "clinic");
    dropCopy();
    const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "numeric", minute: "2-digit", hourCycle: "h23" });
    say("saved", time);
  } catch {
    say("here");
    adviseFromPage();
  } finally {
    clearTimeout(slow);
  }
}

/** The answers in the form that must not wait. */
function flagged() {
  return [...(form?.querySelectorAll("[data-floor]:checked") ?? [])].map((input) => `${input.name}=${input.value}`).join(" ");
}

/** What the page itself says about answers that the clinic does not have: the most urgent of its panels that fits. */
function adviseFromPage() {
  const fits = (panel) => form.querySelector(`[data-floor="${panel.dataset.unsent}"]:checked`);
  const panel = flagged() === there ? null : [...document.querySelectorAll("template[data-unsent]")].find(fits);
  if (panel) showAdvice(panel.innerHTML, "page");
  else if (advice?.dataset.from === "page") showAdvice(heard, "clinic");
}

/** Shows advice once: the same advice is not read aloud again. */
function showAdvice(html, from) {
  if (!advice) return;
  if (!html.trim()) {
    advice.replaceChildren();
    delete advice.dataset.shown;
  } else if (advice.dataset.shown !== html) {
    const isNew = advice.dataset.shown === undefined;
    advice.dataset.shown = html;
    advice.innerHTML = html;
    if (isNew || from === "page") advice.scrollIntoView({ block: "start", behavior: "smooth" });
  }
  advice.dataset.from = from;
}

function say(what, time = "") {
  if (status) status.textContent = `${status.dataset[what]} ${time}`.trim();
}

/** "None of these" can be tapped once the end of the list has been on screen, or its last sign has had the focus. */
function holdNoneUntilRead() {
  const button = form.querySelector("[data-none]");
  const signs = form.querySelectorAll("[data-signs] .sign");
  const last = signs[signs.length - 1];
  if (!button || !last || !("IntersectionObserver" in window)) return;
  const hint = form.querySelector("[data-none-hint]");
  const hold = (held) => { button.disabled = held; if (hint) hint.hidden = !held; };
  const release = () => { hold(false); observer.disconnect(); };
  const observer = new IntersectionObserver((seen) => { if (seen.some((one) => one.isIntersecting)) release(); }, { threshold: 0.9 });
  hold(true);
  observer.observe(last);
  last.addEventListener("focusin", release);
}

/** Without a network a form cannot be sent: says so, keeps the answers, and leaves the way to the telephone open. */
function holdSendWithoutNetwork() {
  form.addEventListener("submit", (event) => {
    if (navigator.onLine) return;
    event.preventDefault();
    if (form.dataset.draft) {
      writeCopy();
      say("here");
      adviseFromPage();
    }
    if (wait) { wait.hidden = false; wait.scrollIntoView({ block: "center" }); }
  });
  addEventListener("online", () => {
    if (wait) wait.hidden = true;
    if (form.dataset.draft) keep();
  });
}

// The copy on this phone lives only while a draft could not be sent; it outlives the tab, since phones close tabs, and
// phone.js sends it from whatever page is opened next with a network.

function writeCopy() {
  const fields = [...new FormData(form)].filter(([name]) => name !== "csrf");
  try { localStorage.setItem(copyKey, JSON.stringify({ at: Date.now(), fields })); } catch { /* no room: the form itself still holds it */ }
}

function dropCopy() {
  try { localStorage.removeItem(copyKey); } catch { /* nothing to drop */ }
}

function restoreCopy() {
  let fields;
  try { fields = JSON.parse(localStorage.getItem(copyKey) ?? "null")?.fields; } catch { return; }
  if (!Array.isArray(fields)) return;
  for (const input of form.elements) {
    if (!input.name || input.type === "hidden" || input.type === "submit") continue;
    const values = fields.filter(([name]) => name === input.name).map(([, value]) => value);
    if (input.type === "radio" || input.type === "checkbox") input.checked = values.includes(input.value);
    else if (values.length > 0) input.value = values[0];
  }
  say("here");
  keep();
}
