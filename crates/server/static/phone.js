// Every page of the phone: the worker that keeps the emergency card and the last Today, the badge that says when there is
// no network, the answers that could not be sent, and the button that prints.

if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/sw.js").catch(() => {});
}

// The kept card speaks the person's language.
if (navigator.onLine) fetch(`/help?lang=${document.documentElement.lang}`).catch(() => {});

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
// own. A reply with advice leads to Today, where it stands.
const COPY = "lamella-draft ";
const COPY_LIVES_MS = 24 * 60 * 60 * 1000;
addEventListener("online", () => { sendCopies().catch(() => {}); });
sendCopies().catch(() => {});

async function sendCopies() {
  if (!navigator.onLine) return;
  for (const key of Object.keys(localStorage).filter((key) => key.startsWith(COPY))) {
    const [event, path] = key.slice(COPY.length).split(" ");
    if (path === location.pathname || !path?.startsWith("/check-in/page/")) continue;
    const copy = JSON.parse(localStorage.getItem(key) ?? "{}");
    const corrects = copy.fields?.find(([name]) => name === "corrects")?.[1];
    const query = new URLSearchParams({ event, ...(corrects ? { corrects } : {}) });
    const page = new DOMParser().parseFromString(await (await fetch(`${path}?${query}`)).text(), "text/html");
    const form = page.querySelector("form.check-in");
    if (form?.elements.event?.value === event) {
      const body = new URLSearchParams([...copy.fields, ["csrf", form.elements.csrf.value]]);
      const reply = await fetch(form.dataset.draft, { method: "POST", body });
      if (reply.ok && !reply.redirected) {
        localStorage.removeItem(key);
        if (reply.status === 200) location.assign("/today");
      }
    } else if (!(Date.now() - copy.at < COPY_LIVES_MS)) {
      // Nobody can send it any more, and it is not to lie about.
      localStorage.removeItem(key);
    }
  }
}

// Nothing of the person stays on a phone that is signed out.
document.querySelector("form[action='/sign-out']")?.addEventListener("submit", () => {
  for (const key of Object.keys(localStorage)) if (key.startsWith(COPY)) localStorage.removeItem(key);
});

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// What has to be mended is read first.
document.querySelector("#mend")?.focus();
