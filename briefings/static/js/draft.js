// What is written of a reply is kept on the server while it is written; without this the button "임시 저장" does it.

const QUIET = 3000; // milliseconds without typing after which it is kept
const said = document.querySelector("[data-draft]");
const form = said && document.getElementById(said.dataset.form || "reply-form");
let timer = 0;
let changed = false;
let saving = null; // what can still be broken off of a draft on its way

function words() {
  const all = new FormData(form);
  all.set("do", "autosave");
  return all;
}

async function save() {
  if (saving || !changed || form.dataset.sent) return;
  const own = new AbortController();
  saving = own;
  changed = false;
  try {
    const answer = await fetch(location.href, { method: "POST", body: words(), signal: own.signal });
    if (answer.status === 204) tell();
    else changed = true;
  } catch {
    changed = !own.signal.aborted; // the network comes and goes
  }
  saving = null;
}

function tell() {
  const time = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  said.removeAttribute("role"); // said aloud once; afterwards only shown
  said.textContent = said.dataset.draft.replace("{time}", time.format(new Date()));
}

form?.addEventListener("input", () => {
  changed = true;
  clearTimeout(timer);
  timer = setTimeout(save, QUIET);
});
form?.addEventListener("submit", () => {
  clearTimeout(timer);
  saving?.abort(); // it would bring back what is sent now
  changed = false;
});
window.addEventListener("pagehide", () => {
  if (form && changed && !form.dataset.sent) navigator.sendBeacon(location.href, words());
});
