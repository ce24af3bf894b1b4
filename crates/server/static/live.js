// The clinic's pages: the list that follows the server, keys for triage, and buttons that only a script can offer.

const rows = document.querySelector("[data-rows]");
const live = document.querySelector("[data-live]");
const silenceMs = 60_000;

if (rows && live && "EventSource" in window) follow();
if (rows) useKeys();
focusSearchOnSlash();
offerButtons();
document.querySelector(".row.selected")?.scrollIntoView({ block: "nearest" });
document.querySelector("#mend, .act[open] [aria-invalid]")?.focus();

// ── following ──

/** Listens to the server. Any message means that the list has changed; silence after a first beat means a dead line. */
function follow() {
  const source = new EventSource("/clinic/live");
  let watchdog;
  const alive = () => {
    show("on");
    clearTimeout(watchdog);
    watchdog = setTimeout(() => show("lost"), silenceMs);
  };
  source.addEventListener("open", () => { show("on"); swap(); });
  source.addEventListener("error", () => show("lost"));
  source.addEventListener("beat", alive);
  source.addEventListener("message", swap);
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
}

function show(state) {
  if (live.dataset.state === state) return;
  live.dataset.state = state;
  live.querySelector("[data-live-word]").textContent = live.dataset[state];
  document.querySelector("[data-reload]").hidden = state !== "lost";
}

/** Fetches the list again and puts it in place; the selection, the focus and the scroll stay where they are. */
async function swap() {
  try {
    const reply = await fetch(`/clinic/worklist/rows${location.search}`, { headers: { accept: "text/html" } });
    if (!reply.ok || reply.redirected) throw new Error(`rows: ${reply.status}`);
    const html = await reply.text();
    const known = new Set(keys());
    const focused = document.activeElement?.closest?.(".row")?.dataset.key;
    const shown = rows.querySelector(".row.selected")?.dataset.key;
    rows.innerHTML = html;
    if (shown) select(rowOf(shown));
    if (focused) rowOf(focused)?.querySelector("a")?.focus({ preventScroll: true });
    announce(allRows().filter((row) => !known.has(row.dataset.key)));
  } catch {
    show("lost");
  }
}

/** Says aloud what has come in. */
function announce(fresh) {
  const place = document.querySelector("[data-say-new]");
  if (place && fresh.length > 0) place.textContent = `${live.dataset.new} ${fresh.map((row) => row.dataset.say).join("; ")}`;
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

/** j and k move, Enter opens (it is a link), a takes whom the page shows. Can be switched off, and stays so. */
function useKeys() {
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
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "a") take();
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
  next?.querySelector("a")?.focus();
}

/** Takes only what is on screen: a row that is not open yet is opened first. */
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
