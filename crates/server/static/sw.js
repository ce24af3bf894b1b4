// The worker keeps the emergency card and what it needs, and nothing about the person.
// With a network every page comes fresh from the server; without one every page becomes the emergency card.

const KEPT = "lamella-card-1";
const CARD = "/help";
const FILES = [
  CARD,
  "/static/lamella.css",
  "/static/phone.js",
  "/static/mark.svg",
  "/static/fonts/atkinson-hyperlegible-next.woff2",
];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const drop = (names) => Promise.all(names.filter((name) => name !== KEPT).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(drop).then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (FILES.includes(url.pathname)) event.respondWith(freshOrKept(event.request, url.pathname));
  else if (event.request.mode === "navigate") event.respondWith(fetch(event.request).catch(() => kept(CARD)));
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

async function kept(path) {
  return (await caches.match(path)) ?? Response.error();
}
