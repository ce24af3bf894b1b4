// A check-in without this file is a plain form. With it: every change is kept, "None of these" waits until the end of
// the list has been on screen, and nothing is sent into a dead network.

const form = document.querySelector("form.check-in");
const status = document.querySelector("[data-kept]");
const advice = document.querySelector("[data-advice]");
const wait = document.querySelector("[data-wait]");
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
    timer = setTimeout(() => { running = running.then(keep); }, 400);
  });
}

/** Sends what stands in the form; the reply may carry advice that cannot wait. */
async function keep() {
  say("saving");
  try {
    const reply = await fetch(form.dataset.draft, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { accept: "text/html" },
    });
    if (!reply.ok || reply.redirected) throw new Error(`draft: ${reply.status}`);
    if (reply.status === 200) showAdvice(await reply.text());
    else if (advice) { advice.replaceChildren(); delete advice.dataset.shown; }
    dropCopy();
    const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "numeric", minute: "2-digit", hourCycle: "h23" });
    say("saved", time);
  } catch {
    say("here");
  }
}

/** Shows advice once: the same advice is not read aloud again. */
function showAdvice(html) {
  if (!advice || advice.dataset.shown === html) return;
  const isNew = advice.dataset.shown === undefined;
  advice.dataset.shown = html;
  advice.innerHTML = html;
  if (isNew) advice.scrollIntoView({ block: "start", behavior: "smooth" });
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
    }
    if (wait) { wait.hidden = false; wait.scrollIntoView({ block: "center" }); }
  });
  addEventListener("online", () => {
    if (wait) wait.hidden = true;
    if (form.dataset.draft) keep();
  });
}

// The copy on this phone lives only while a draft could not be sent; it outlives the tab, since phones close tabs.

function writeCopy() {
  const fields = [...new FormData(form)].filter(([name]) => name !== "csrf");
  try { localStorage.setItem(copyKey, JSON.stringify(fields)); } catch { /* no room: the form itself still holds it */ }
}

function dropCopy() {
  try { localStorage.removeItem(copyKey); } catch { /* nothing to drop */ }
}

function restoreCopy() {
  let fields;
  try { fields = JSON.parse(localStorage.getItem(copyKey) ?? "null"); } catch { return; }
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
