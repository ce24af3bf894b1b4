// The clinic's pages: the list that follows the server, keys for triage, and buttons that only a script can offer.

const rows = document.querySelector("[data-rows]");
const live = document.querySelector("[data-live]");
const news = document.querySelector("[data-news]");
const silenceMs = 60_000;
const undoMs = 60_000;
const stepMs = 150; // how long a row is rested on before the person beside the list follows
const handMs = 1_500; // how long the list holds still after the pointer has moved in it

if (news && "EventSource" in window) follow();
useKeys();
focusSearchOnSlash();
offerButtons();
document.querySelector(".row.selected")?.scrollIntoView({ block: "nearest" });
endToasts();
keepWords();
unfold();
addEventListener("hashchange", unfold);
document.querySelector("#mend, .act[open] .between, .act[open] [aria-invalid]")?.focus();

// ── following ──

/** Listens to the server. Any message means that the list has changed; silence after a first beat means a dead line. */
function follow() {
  let source;
  let watchdog;
  const alive = () => {
    show("on");
    clearTimeout(watchdog);
    watchdog = setTimeout(() => show("lost"), silenceMs);
  };
  const open = () => {
    if (source) return;
    source = new EventSource("/clinic/live");
    source.addEventListener("open", () => { show("on"); look(); });
    source.addEventListener("error", () => { show("lost"); if (source?.readyState === EventSource.CLOSED) look(); });
    source.addEventListener("beat", alive);
    source.addEventListener("message", look);
  };
  const close = () => { source?.close(); source = undefined; };
  addEventListener("pagehide", close);
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  if (rows) {
    tellNews(rows);
    open();
    return;
  }
  // A browser keeps few lines to one server: pages other than the list listen only while somebody looks at them.
  const whileSeen = () => (document.hidden ? close() : open());
  document.addEventListener("visibilitychange", whileSeen);
  whileSeen();
}

function show(state) {
  if (!live || live.dataset.state === state) return;
  live.dataset.state = state;
  live.querySelector("[data-live-word]").textContent = live.dataset[state];
  document.querySelector("[data-reload]").hidden = state === "on";
}

/** A link to a day leads into a table that may stand folded, and not every browser unfolds it. */
function unfold() {
  const target = document.getElementById(location.hash.slice(1));
  const folded = target?.closest("details:not([open])");
  if (!folded) return;
  folded.open = true;
  target.scrollIntoView({ block: "center" });
}

/** Fetches the list again: says at once what is new, and puts the list in place. */
async function look() {
  try {
    const asked = new URLSearchParams(rows ? location.search : "");
    const person = document.querySelector("[data-person]");
    if (person) { asked.set("person", person.dataset.person); asked.set("seen", person.dataset.seen); }
    const reply = await fetch(`/clinic/worklist/rows?${asked}`, { headers: { accept: "text/html" } });
    if (reply.redirected) { show("out"); return; }
    if (!reply.ok) throw new Error(`rows: ${reply.status}`);
    const came = document.createElement("template");
    came.innerHTML = await reply.text();
    tellNews(came.content);
    tellBetween(came.content);
    if (rows) place(came.innerHTML);
  } catch {
    show("lost");
  }
}

/** While somebody writes about an alert: what a colleague or the person did about it meanwhile, above the note. */
function tellBetween(list) {
  for (const news of list.querySelectorAll("[data-between]")) {
    for (const form of document.querySelectorAll(`[data-alert="${news.dataset.between}"] .act form`)) {
      let line = form.querySelector("[data-line]");
      if (!line) {
        line = Object.assign(document.createElement("p"), { className: "between" });
        line.setAttribute("role", "status");
        line.dataset.line = "";
        (form.querySelector("textarea")?.closest(".field") ?? form).before(line);
      }
      if (line.textContent !== news.textContent) line.textContent = news.textContent;
    }
  }
}

/** What can be undone for a minute is offered for a minute. */
function endToasts() {
  for (const toast of document.querySelectorAll("[data-ends]")) setTimeout(() => toast.remove(), undoMs);
}

let movedAt = 0;
let held;
rows?.addEventListener("pointermove", () => { movedAt = performance.now(); });

/** Puts the list in place; not under a pointer that is about to press. The selection, the focus and the scroll stay where they are. */
function place(html) {
  clearTimeout(held);
  if (performance.now() - movedAt < handMs && movedAt > 0) {
    held = setTimeout(place, handMs, html);
    return;
  }
  const known = new Set(keys());
  const focused = document.activeElement?.closest?.(".row")?.dataset.key;
  const shown = rows.querySelector(".row.selected")?.dataset.key;
  rows.innerHTML = html;
  if (shown) select(rowOf(shown));
  if (focused) rowOf(focused)?.querySelector("a")?.focus({ preventScroll: true });
  announce(allRows().filter((row) => !known.has(row.dataset.key)));
}

/** Says aloud what has come in. */
function announce(fresh) {
  const place = document.querySelector("[data-say-new]");
  if (place && fresh.length > 0) place.textContent = `${live.dataset.new} ${fresh.map((row) => row.dataset.say).join("; ")}`;
}

// ── news ──

/** The title counts who waits untaken; an emergency that nobody here has seen stands in a notice until it is opened or dismissed. */
function tellNews(list) {
  const waiting = list.querySelector("[data-waiting]");
  if (!waiting) return;
  const title = document.title.replace(/^\(\d+\) /, "");
  document.title = waiting.dataset.urgent === "0" ? title : `(${waiting.dataset.urgent}) ${title}`;
  const inRail = document.querySelector(".rail nav a[href='/clinic']");
  if (inRail && !inRail.querySelector(".count")) inRail.append(Object.assign(document.createElement("span"), { className: "count" }));
  if (inRail) inRail.querySelector(".count").textContent = waiting.dataset.people;
  const all = [...waiting.querySelectorAll("[data-emergency]")];
  const kept = sessionStorage.getItem("lamella-seen");
  const opened = new URLSearchParams(location.search).get("alert") ? rows?.querySelector(".row.selected")?.dataset.key : undefined;
  const seen = new Set(kept === null ? all.map((item) => item.dataset.emergency) : JSON.parse(kept));
  if (opened) seen.add(opened);
  const fresh = all.filter((item) => !seen.has(item.dataset.emergency));
  remember(all.map((item) => item.dataset.emergency).filter((key) => seen.has(key)));
  showNews(fresh);
}

function remember(keys) { sessionStorage.setItem("lamella-seen", JSON.stringify(keys)); }

function showNews(fresh) {
  const [first] = fresh;
  news.hidden = !first;
  if (!first) return;
  const link = news.querySelector("[data-news-link]");
  const one = first.querySelector("a");
  const text = fresh.length === 1 ? news.dataset.one : news.dataset.many.replace("{n}", String(fresh.length));
  link.href = one.getAttribute("href");
  link.textContent = fresh.map((item) => item.textContent).join(", ");
  news.querySelector("[data-news-count]").textContent = text;
  const aloud = document.querySelector("[data-news-say]");
  const sentence = `${text} ${link.textContent}`;
  if (aloud.textContent !== sentence) aloud.textContent = sentence;
  const done = () => remember([...JSON.parse(sessionStorage.getItem("lamella-seen") ?? "[]"), ...fresh.map((item) => item.dataset.emergency)]);
  link.onclick = done;
  news.querySelector("[data-news-close]").onclick = () => { done(); news.hidden = true; };
}

/** The row of the person beside the list stays marked, whether or not the address names it. */
function select(row) {
  row?.classList.add("selected");
  row?.querySelector("a")?.setAttribute("aria-current", "true");
}

function allRows() { return [...rows.querySelectorAll(".row")]; }
function keys() { return allRows().map((row) => row.dataset.key); }
function rowOf(key) { return allRows().find((row) => row.dataset.key === key); }

// ── keys ──

/** j and k move, Enter opens (it is a link), a takes whom the page shows, n opens a new emergency. Can be switched off, and stays so. */
function useKeys() {
  if (!news) return;
  const button = document.querySelector("[data-keys]");
  let on = localStorage.getItem("lamella-keys") !== "off";
  const tell = () => {
    button?.setAttribute("aria-pressed", String(on));
    for (const hint of document.querySelectorAll("[data-key-hint]")) hint.hidden = hint.tagName === "KBD" && !on;
  };
  button?.addEventListener("click", () => {
    on = !on;
    localStorage.setItem("lamella-keys", on ? "on" : "off");
    tell();
  });
  tell();
  document.addEventListener("keydown", (event) => {
    if (!on || isTyping(event)) return;
    if (event.key === "j" && rows) move(1);
    else if (event.key === "k" && rows) move(-1);
    else if (event.key === "a" && (rows || document.querySelector("[data-take]"))) take();
    else if (event.key === "n" && !news.hidden) news.querySelector("[data-news-link]").click();
    else return;
    event.preventDefault();
  });
}

function isTyping(event) {
  return event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, select, textarea, [contenteditable]");
}

function move(step) {
  const list = allRows();
  const here = list.indexOf(document.activeElement?.closest?.(".row") ?? rows.querySelector(".row.selected"));
  const next = list[Math.min(Math.max(here + step, 0), list.length - 1)];
  const link = next?.querySelector("a");
  link?.focus();
  clearTimeout(opening);
  if (link && !next.classList.contains("selected") && !isWriting()) opening = setTimeout(open, stepMs, link);
}

let opening;

/** Whether a note holds words that were not sent, also one that came back with its form; of the form that is being sent they are. */
function isWriting(sending) {
  return [...document.querySelectorAll("textarea")].some((field) => field.form !== sending && field.value.trim() !== "");
}

/**
 * Asks before a page is left on which words would be lost; a browser lets it ask once somebody has touched the page. A call leaves
 * nothing, though a browser may take it for that.
 */
function keepWords() {
  let sending;
  let calling = false;
  document.addEventListener("submit", (event) => { sending = event.target; });
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("a[href^='tel:']")) return;
    calling = true;
    setTimeout(() => { calling = false; }, 1_000);
  });
  addEventListener("beforeunload", (event) => {
    const touched = navigator.userActivation?.hasBeenActive !== false;
    if (touched && !calling && isWriting(sending)) event.preventDefault();
    sending = undefined;
  });
}

/** The person beside the list keeps step with the row: the same page, without leaving the list. */
async function open(link) {
  const pane = document.querySelector(".person-pane");
  const wide = pane && getComputedStyle(pane).display !== "none";
  if (!wide) return;
  const reply = await fetch(link.href, { headers: { accept: "text/html" } });
  if (!reply.ok || reply.redirected || document.activeElement !== link || isWriting()) return;
  const came = new DOMParser().parseFromString(await reply.text(), "text/html").querySelector(".person-pane");
  if (!came || document.activeElement !== link) return;
  pane.replaceChildren(...came.childNodes);
  pane.scrollTop = 0;
  const at = new URL(link.href);
  const query = new URLSearchParams(location.search).get("q");
  if (query) at.searchParams.set("q", query);
  history.replaceState(null, "", at);
  for (const row of allRows()) {
    row.classList.remove("selected");
    row.querySelector("a")?.removeAttribute("aria-current");
  }
  select(link.closest(".row"));
  for (const hint of pane.querySelectorAll("[data-key-hint]")) hint.hidden = localStorage.getItem("lamella-keys") === "off";
}

/** Takes only what is on screen: a row that is not open yet is opened first, and the next `a` takes it. */
function take() {
  const focused = document.activeElement?.closest?.(".row");
  if (focused && !focused.classList.contains("selected")) focused.querySelector("a")?.click();
  else document.querySelector("[data-take]")?.requestSubmit();
}

function focusSearchOnSlash() {
  const search = document.querySelector("[data-search]");
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || isTyping(event) || !search || localStorage.getItem("lamella-keys") === "off") return;
    event.preventDefault();
    search.focus();
    search.select();
  });
}

// ── buttons ──

function offerButtons() {
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
  const copy = document.querySelector("[data-copy]");
  const from = document.querySelector("[data-copy-from]");
  if (!copy || !from || !navigator.clipboard) return;
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(from.value);
    copy.textContent = copy.dataset.copied;
  });
}
