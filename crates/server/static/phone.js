// Every page of the phone: the worker that keeps the emergency card, the badge that says when there is no network,
// and the button that prints.

if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/sw.js").catch(() => {});
}

// The kept card speaks the person's language.
if (navigator.onLine) fetch(`/help?lang=${document.documentElement.lang}`).catch(() => {});

const badge = document.querySelector("[data-offline]");
const showNetwork = () => { if (badge) badge.hidden = navigator.onLine; };
addEventListener("online", showNetwork);
addEventListener("offline", showNetwork);
showNetwork();

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// What has to be mended is read first.
document.querySelector("#mend")?.focus();
