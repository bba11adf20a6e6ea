// What is written of a reply is kept on the server while it is written; without this the button "임시 저장" does it.

const QUIET = 3000; // milliseconds without typing after which it is kept
const said = document.querySelector("[data-draft]");
const form = said && document.getElementById("reply-form");
let timer = 0;
let changed = false;
let saving = false;

function words() {
  const all = new FormData(form);
  all.set("do", "autosave");
  return all;
}

async function save() {
  if (saving || !changed || form.dataset.sent) return;
  saving = true;
  changed = false;
  try {
    const answer = await fetch(location.href, { method: "POST", body: words() });
    if (answer.status === 204) tell();
    else changed = true;
  } catch {
    changed = true; // the network comes and goes
  }
  saving = false;
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
  changed = false;
});
window.addEventListener("pagehide", () => {
  if (form && changed && !form.dataset.sent) navigator.sendBeacon(location.href, words());
});
