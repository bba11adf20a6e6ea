// Says that a session is about to end, and lets its person stay; without this the server keeps what was being sent.

const WARN = 120; // seconds before the end
const AT_LAST = [600, 120]; // the same where nothing puts it off: in time to finish what one writes
const SAID_AT = [120, 60, 30, 20]; // seconds left at which a screen reader hears it
const SEEN = "session-seen"; // when any page of this browser was last used, so that one tab keeps the others

const dialog = document.getElementById("session-end");
const shown = dialog.querySelector("[data-left]");
const aloud = dialog.querySelector("[data-said]");
const [stay, out] = ["[data-stay]", "[data-out]"].map((part) => dialog.querySelector(part));
const words = stay.textContent;
const begun = Date.now();
let said = Infinity;
let heard = Infinity; // which of AT_LAST its person has closed

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

function secondsToLast() {
  return Math.ceil(Number(dialog.dataset.ends) - (Date.now() - begun) / 1000);
}

function inWords(seconds, atLast) {
  const minutes = Math.floor(seconds / 60);
  const sentence = atLast ? shown.dataset.leftAtLast : shown.dataset.left;
  return sentence.replace("{time}", `${minutes}:${String(seconds % 60).padStart(2, "0")}`);
}

function warn(left, atLast) {
  if (!dialog.open) {
    said = Infinity;
    dialog.showModal();
  }
  shown.textContent = inWords(left, atLast);
  stay.textContent = atLast ? stay.dataset.write : words;
  const now = [...(atLast ? AT_LAST : []), ...SAID_AT].findLast((at) => left <= at);
  if (now !== undefined && now < said) {
    said = now;
    aloud.textContent = shown.textContent;
  }
}

function tellOver(atLast) {
  shown.textContent = aloud.textContent = atLast ? shown.dataset.overAtLast : shown.dataset.over;
  dialog.querySelector("h2").textContent = dialog.querySelector("h2").dataset.over;
  stay.textContent = stay.dataset.close;
  stay.dataset.over = "yes";
  out.hidden = true;
  if (!dialog.open) dialog.showModal();
  clearInterval(timer);
}

function look() {
  const [left, last] = [secondsLeft(), secondsToLast()];
  if (Math.min(left, last) <= 0) tellOver(last <= 0);
  else if (left <= WARN && left < last) warn(left, false);
  else if (AT_LAST.some((at) => last <= at && at < heard)) warn(last, true);
  else if (dialog.open) dialog.close();
}

async function goOn() {
  if (stay.dataset.over) return dialog.close();
  try {
    const answer = await fetch(dialog.dataset.stay, { method: "POST", body: new FormData(out), redirect: "manual" });
    if (answer.status !== 204) return tellOver(secondsToLast() <= 0);
    seen();
    heard = AT_LAST.findLast((at) => secondsToLast() <= at) ?? heard;
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
