// Every page of the phone: the worker that keeps the emergency card and the last Today, the badge that says when there is
// no network, the answers that could not be sent, and the button that prints.

if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/sw.js").catch(() => {});
}

// The kept card and the kept numbers speak the person's language.
if (navigator.onLine) {
  for (const page of ["/help", "/offline"]) fetch(`${page}?lang=${document.documentElement.lang}`).catch(() => {});
}

// The first Today was there before the worker was; it is fetched once more, to be kept.
if (location.pathname === "/today" && "serviceWorker" in navigator && !navigator.serviceWorker.controller) {
  navigator.serviceWorker.ready.then(() => fetch("/today")).catch(() => {});
}

// A kept page says itself from when it is.
const badge = document.querySelector("[data-offline]");
const isKept = !!document.querySelector("[data-kept-page]:not([hidden])");
const showNetwork = () => { if (badge) badge.hidden = navigator.onLine || isKept; };
addEventListener("online", showNetwork);
addEventListener("offline", showNetwork);
showNetwork();

// Answers that could not be sent go as soon as there is a network, whatever page is open; the page they came from sends its
// own. Advice in reply is shown on a check-in's screen, and anywhere else on Today.
const COPY = "lamella-draft ";
const COPY_LIVES_MS = 24 * 60 * 60 * 1000;
addEventListener("online", () => { sendCopies().catch(() => {}); });
sendCopies().catch(() => {});

async function sendCopies() {
  if (!navigator.onLine) return;
  for (const key of Object.keys(localStorage).filter((key) => key.startsWith(COPY))) {
    const [event, path] = key.slice(COPY.length).split(" ");
    if (path === location.pathname || !path?.startsWith("/check-in/page/")) continue;
    const { at, fields = [] } = JSON.parse(localStorage.getItem(key) ?? "{}");
    const form = await formOf(path, event, fields);
    const gone = !form && !(Date.now() - at < COPY_LIVES_MS);
    if (gone || (form && (saysTheSame(form, fields) || await sendCopy(form, fields)))) localStorage.removeItem(key);
  }
}

/** The form of that screen as the clinic has it now. What was sent meanwhile without these answers is mended by them. */
async function formOf(path, event, fields) {
  const corrects = fields.find(([name]) => name === "corrects")?.[1];
  const own = await screen(path, new URLSearchParams({ event, ...(corrects ? { corrects } : {}) }));
  if (own?.elements.event?.value === event) return own;
  const mending = new URL((await fetch(`/check-in/correct/${event}`)).url).searchParams;
  return mending.get("corrects") === event ? screen(path, mending) : null;
}

async function screen(path, query) {
  const page = new DOMParser().parseFromString(await (await fetch(`${path}?${query}`)).text(), "text/html");
  return page.querySelector("form.check-in");
}

const HIDDEN = ["csrf", "event", "corrects"];
const answersIn = (pairs) => pairs.filter(([name]) => !HIDDEN.includes(name));

/** Whether the clinic has these answers already: a screen that was sent on leaves its copy behind. */
function saysTheSame(form, fields) {
  const text = (pairs) => answersIn(pairs).map((pair) => pair.join("=")).sort().join("\n");
  return text([...new FormData(form)]) === text(fields);
}

async function sendCopy(form, fields) {
  const hidden = [...new FormData(form)].filter(([name]) => HIDDEN.includes(name));
  const body = new URLSearchParams([...hidden, ...answersIn(fields)]);
  const reply = await fetch(form.getAttribute("data-draft"), { method: "POST", body });
  if (!reply.ok || reply.redirected) return false;
  if (reply.status === 200) {
    const place = document.querySelector("[data-advice]");
    if (place) place.innerHTML = await reply.text();
    else location.assign("/today");
  }
  return true;
}

// Nothing of the person stays on a phone that is signed out.
document.querySelector("form[action='/sign-out']")?.addEventListener("submit", () => {
  for (const key of Object.keys(localStorage)) if (key.startsWith(COPY)) localStorage.removeItem(key);
});

// What opens at the foot of a page comes out from behind the bar.
for (const asked of document.querySelectorAll("details.sure")) {
  asked.addEventListener("toggle", () => { if (asked.open) asked.scrollIntoView({ block: "nearest" }); });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// What has to be mended is read first.
document.querySelector("#mend")?.focus();
