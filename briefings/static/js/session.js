// Says that a session is about to end, and lets its person stay; without this the server keeps what was being sent.

const WARN = 120; // seconds before the end
const SAID_AT = [120, 60, 30, 20]; // seconds left at which a screen reader hears it
const SEEN = "session-seen"; // when any page of this browser was last used, so that one tab keeps the others

const dialog = document.getElementById("session-end");
const shown = dialog.querySelector("[data-left]");
const aloud = dialog.querySelector("[data-said]");
const [stay, out] = ["[data-stay]", "[data-out]"].map((part) => dialog.querySelector(part));
let said = Infinity;

function seen() {
  try {
    localStorage.setItem(SEEN, String(Date.now()));
  } catch {
    dialog.dataset.seen = Date.now(); // a browser that keeps nothing
  }
}

function secondsLeft() {
  let last = Number(dialog.dataset.seen ?? 0);
  try {
    last = Math.max(last, Number(localStorage.getItem(SEEN)));
  } catch {
    // as above
  }
  return Math.ceil(Number(dialog.dataset.seconds) - (Date.now() - last) / 1000);
}

function inWords(seconds) {
  const minutes = Math.floor(seconds / 60);
  return shown.dataset.left.replace("{time}", `${minutes}:${String(seconds % 60).padStart(2, "0")}`);
}

function warn(left) {
  if (!dialog.open) {
    said = Infinity;
    dialog.showModal();
  }
  shown.textContent = inWords(left);
  const now = SAID_AT.findLast((at) => left <= at);
  if (now !== undefined && now < said) {
    said = now;
    aloud.textContent = shown.textContent;
  }
}

function tellOver() {
  shown.textContent = aloud.textContent = shown.dataset.over;
  dialog.querySelector("h2").textContent = dialog.querySelector("h2").dataset.over;
  stay.textContent = stay.dataset.close;
  stay.dataset.over = "yes";
  out.hidden = true;
  if (!dialog.open) dialog.showModal();
  clearInterval(timer);
}

function look() {
  const left = secondsLeft();
  if (left <= 0) tellOver();
  else if (left <= WARN) warn(left);
  else if (dialog.open) dialog.close();
}

async function goOn() {
  if (stay.dataset.over) return dialog.close();
  try {
    const answer = await fetch(dialog.dataset.stay, { method: "POST", body: new FormData(out), redirect: "manual" });
    if (answer.status !== 204) return tellOver();
    seen();
    dialog.close();
  } catch {
    // the network comes and goes: the button is still there
  }
}

stay.addEventListener("click", goOn);
dialog.addEventListener("cancel", (event) => {
  event.preventDefault(); // Esc means: I am still here
  goOn();
});
document.addEventListener("submit", seen);
const timer = setInterval(look, 1000);
seen();
