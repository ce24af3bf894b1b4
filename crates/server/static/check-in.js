// A check-in without this file is a plain form. With it: every change is kept, "None of these" waits until the end of
// the list has been on screen, and nothing is sent into a dead network. What must not wait does not wait for a network
// either: the server says which answers those are (data-floor) and what to do then (template[data-unsent]).

const form = document.querySelector("form.check-in");
const status = document.querySelector("[data-kept]");
const advice = document.querySelector("[data-advice]");
const wait = document.querySelector("[data-wait]");
const waitUrgent = document.querySelector("[data-wait-urgent]");
// What the clinic is known to have of the answers that must not wait, and what it said about them. What it was once sent it has.
const there = new Set(flagged().map(nameOf));
let heard = advice?.innerHTML ?? "";
// The question in which such an answer was unticked last.
let unticked;
const copyKey = `lamella-draft ${form?.elements.event?.value ?? ""} ${location.pathname}`;

if (form) {
  if (form.dataset.draft) {
    restoreCopy();
    keepOnChange();
  }
  holdNoneUntilRead();
  clearDoubt();
  holdSendWithoutNetwork();
  sendOnce();
}

/** Posts the draft a moment after the last change; a later change waits for the one before it. */
function keepOnChange() {
  let timer;
  let running = Promise.resolve();
  form.addEventListener("input", ({ target }) => {
    clearTimeout(timer);
    unticked = target.dataset?.floor && !target.checked ? target.closest("fieldset") : undefined;
    writeCopy();
    if (!navigator.onLine) adviseFromPage();
    timer = setTimeout(() => { running = running.then(keep); }, 400);
  });
}

/** Sends what stands in the form; the reply may carry advice that cannot wait. A network that says nothing counts as none. */
async function keep() {
  say("saving");
  const these = flagged().map(nameOf);
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
    these.forEach((name) => there.add(name));
    showAdvice(heard, "clinic");
    noteWhereItWas();
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

/** What was unticked says where it stood that it had been sent; the same line at the top is the one that is read aloud. */
function noteWhereItWas() {
  document.querySelector("[data-note-here]")?.remove();
  const note = advice?.querySelector(".taken-back");
  if (!note || !unticked) return;
  const here = note.cloneNode(true);
  here.removeAttribute("role");
  here.setAttribute("aria-hidden", "true");
  here.setAttribute("data-note-here", "");
  unticked.append(here);
}

/** The answers in the form that must not wait. */
function flagged() {
  return [...(form?.querySelectorAll("[data-floor]:checked") ?? [])];
}

function nameOf(input) {
  return `${input.name}=${input.value}`;
}

/** What the page itself says about answers that the clinic does not have: the most urgent of its panels that fits, with what was
 * ticked; what the clinic has said of the others stays beside it. */
function adviseFromPage() {
  const unsent = flagged().filter((input) => !there.has(nameOf(input)));
  const fits = (panel) => unsent.some((input) => input.dataset.floor === panel.dataset.unsent);
  const panel = [...document.querySelectorAll("template[data-unsent]")].find(fits);
  if (!panel) {
    if (advice?.dataset.from === "page") showAdvice(heard, "clinic");
    return;
  }
  const card = panel.content.cloneNode(true);
  const list = card.querySelector("[data-ticked]");
  if (list) {
    list.hidden = false;
    for (const input of unsent) list.querySelector("ul").append(Object.assign(document.createElement("li"), { textContent: wordsOf(input) }));
  }
  const holder = document.createElement("div");
  holder.append(card);
  const urgentHeard = heard.includes("banner emergency") && panel.dataset.unsent !== "emergency";
  showAdvice(urgentHeard ? heard + holder.innerHTML : holder.innerHTML + heard, "page");
}

/** The question and the answer, as they stand on the screen. */
function wordsOf(input) {
  const question = input.closest("fieldset")?.querySelector("legend")?.textContent.trim() ?? "";
  return `${question}: ${input.parentElement.textContent.trim()}`;
}

/** Shows advice once: the same advice is not read aloud again. */
function showAdvice(html, from) {
  if (!advice) return;
  if (!html.trim()) {
    advice.replaceChildren();
    delete advice.dataset.shown;
  } else if (advice.dataset.shown !== html) {
    // A card that was not there is brought into view, and so is one that has become an emergency.
    const loud = (text) => (text.includes("banner emergency") ? 2 : text.includes("banner ") ? 1 : 0);
    const isNew = loud(html) > loud(advice.dataset.shown ?? "");
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

/** A second tap while the first is on its way sends nothing again. */
function sendOnce() {
  const WAITS_MS = 20000;
  let sentAt = -Infinity;
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (performance.now() - sentAt < WAITS_MS) event.preventDefault();
    else sentAt = performance.now();
  });
  addEventListener("pageshow", () => { sentAt = -Infinity; });
}

/** Whoever taps a sign no longer says "I don't know" to the same question. */
function clearDoubt() {
  form.addEventListener("change", ({ target }) => {
    if (target.type !== "checkbox" || !target.checked || target.closest(".unsure")) return;
    const doubt = target.closest("fieldset")?.querySelector(".unsure input:checked");
    if (doubt) doubt.checked = false;
  }, true);
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
    // What must not wait is never told to wait for a network.
    const note = flagged().length > 0 ? waitUrgent : wait;
    for (const other of [wait, waitUrgent]) if (other) other.hidden = other !== note;
    note?.scrollIntoView({ block: "center" });
  });
  addEventListener("online", () => {
    for (const note of [wait, waitUrgent]) if (note) note.hidden = true;
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
