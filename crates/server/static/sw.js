// The worker keeps the emergency card with what it needs, and the last Today of the phone that is signed in; nothing else.
// With a network every page comes fresh from the server. Without one Today is the kept one, which says from when it is, Help now
// is the kept card, and every other page says that it needs a network and gives the numbers.

const KEPT = "lamella-card-3";
const CARD = "/help";
const OFFLINE = "/offline";
const FILES = [
  CARD,
  OFFLINE,
  "/static/lamella.css",
  "/static/phone.js",
  "/static/mark.svg",
  "/static/fonts/atkinson-hyperlegible-next.woff2",
];

// Today goes with the sign-in: it is put away on signing out, and as soon as the server no longer knows this phone.
const DAY = "lamella-day-1";
const TODAY = "/today";
const SIGN_OUT = "/sign-out";
// What was allowed the day before yesterday helps nobody.
const DAY_LIVES_MS = 24 * 60 * 60 * 1000;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const drop = (names) => Promise.all(names.filter((name) => name !== KEPT && name !== DAY).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(drop).then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (url.pathname === SIGN_OUT) event.waitUntil(caches.delete(DAY));
  if (request.method === "GET" && FILES.includes(url.pathname)) event.respondWith(freshOrKept(request, url.pathname));
  else if (request.method === "GET" && url.pathname === TODAY) event.respondWith(today(request));
  else if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => kept(OFFLINE)));
});

/** The server's answer, kept for later; the kept one where there is no network. */
async function freshOrKept(request, path) {
  try {
    const fresh = await fetch(request);
    if (fresh.ok && !fresh.redirected) {
      const cache = await caches.open(KEPT);
      await cache.put(path, fresh.clone());
    }
    return fresh;
  } catch {
    return kept(path);
  }
}

/** Today from the server; else the kept one, marked as such; else the numbers. */
async function today(request) {
  try {
    const fresh = await fetch(request);
    if (fresh.ok && !fresh.redirected) await caches.open(DAY).then((cache) => cache.put(TODAY, fresh.clone()));
    else if (fresh.status < 500) await caches.delete(DAY);
    return fresh;
  } catch {
    return (await keptDay()) ?? kept(OFFLINE);
  }
}

async function keptDay() {
  const day = await caches.open(DAY).then((cache) => cache.match(TODAY));
  if (!day || !(Date.now() - Date.parse(day.headers.get("date")) < DAY_LIVES_MS)) return undefined;
  const page = (await day.text()).replace("data-kept-page hidden", "data-kept-page");
  return new Response(page, { headers: day.headers });
}

async function kept(path) {
  return (await caches.match(path)) ?? Response.error();
}
