// The run sheet keeps itself up to date and counts down; without this the button "화면 새로 고침" does it by hand.

const SECONDS = 3;

const sheet = document.getElementById("sheet");
const said = document.querySelector("[data-said]");
const cut = document.querySelector("[data-cut]");
let missed = 0;
let tag = "";
let ahead = new Date(sheet.dataset.now).getTime() - Date.now(); // the server's clock, whatever this machine thinks it is

const parts = (within) => new Map([...within.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part]));
const texts = new Map([...parts(sheet)].map(([name, part]) => [name, part.outerHTML]));

// Where somebody writes or has ticked something, nothing is swapped away under them.
const busy = (part) =>
  part.querySelector("textarea:focus, select:focus, input:focus") ||
  [...part.querySelectorAll("input:not([type=hidden]), textarea")].some((field) => field.value !== field.defaultValue || field.checked !== field.defaultChecked);

// What has the focus, or the nearest thing around it that is still there.
function focusAgain(ids) {
  for (const id of ids) {
    const found = document.getElementById(id);
    const target = found?.matches("a[href], button, input, summary") ? found : found?.querySelector("button, a[href]");
    if (target) return target.focus({ preventScroll: true });
  }
  sheet.focus({ preventScroll: true });
}

function swap(old, fresh) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const ids = [];
  for (let at = focused; at && at !== sheet; at = at.parentElement) if (at.id) ids.push(at.id);
  const open = [...old.querySelectorAll("details[id][open]")].map((one) => one.id);
  texts.set(fresh.dataset.part, fresh.outerHTML);
  old.replaceWith(fresh);
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (focused) focusAgain(ids);
}

function show(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  let all = true;
  const now = parts(sheet);
  for (const [name, fresh] of parts(page)) {
    const old = now.get(name);
    if (!old || texts.get(name) === fresh.outerHTML) continue;
    if (busy(old)) all = false;
    else swap(old, fresh);
  }
  tick();
  return all;
}

function keepTime(answer) {
  const date = new Date(answer.headers.get("Date")).getTime();
  if (date && Math.abs(date - Date.now() - ahead) > 2000) ahead = date - Date.now();
}

// The clocks go on here whatever happens: whoever is not told would take for the present what is old.
function reached(well) {
  missed = well ? 0 : missed + 1;
  const lost = missed > 1; // one answer that is late is no matter
  if (cut.hidden !== lost) return;
  cut.hidden = !lost;
  said.textContent = lost ? cut.innerText : "";
}

async function look() {
  let answer;
  try {
    answer = await fetch(sheet.dataset.poll, { cache: "no-store", headers: { "If-None-Match": tag } });
  } catch {
    return reached(false); // the network comes and goes
  }
  reached(answer.status < 500);
  if (answer.redirected || [403, 404, 410].includes(answer.status)) return location.reload(); // the page itself says why
  keepTime(answer);
  if (answer.status === 200) tag = show(await answer.text()) ? answer.headers.get("ETag") : "";
}

// Presses are posted without leaving the page: it stays where it was scrolled to, and says what was done.
let underWay = false;

// As the browser would have done it without this.
function sendPlainly(form, button) {
  const pressed = Object.assign(document.createElement("input"), { type: "hidden", name: button?.name ?? "", value: button?.value ?? "" });
  form.append(pressed);
  form.submit();
  pressed.remove(); // whoever comes back presses something else
}

async function press(form, button) {
  if (underWay) return;
  underWay = true;
  const words = new FormData(form, button);
  try {
    const answer = await fetch(form.action, { method: "POST", body: words });
    const text = await answer.text();
    const page = new DOMParser().parseFromString(text, "text/html");
    if (page.getElementById(form.id)?.querySelector(".form-hint-invalid")) return form.submit(); // it is said at the field
    if (!answer.ok || !page.getElementById("sheet")) return location.reload();
    if (page.querySelector(".messages .success")) form.reset();
    const messages = page.querySelector(".messages");
    document.querySelector(".messages").replaceChildren(...messages.cloneNode(true).childNodes);
    said.textContent = messages.textContent.replace(/\s+/g, " ").trim();
    if (messages.querySelector(".error")) document.querySelector(".messages").scrollIntoView({ block: "center" }); // it was not done
    tag = "";
    show(text);
  } catch {
    sendPlainly(form, button); // the browser says what is wrong with the network
  } finally {
    underWay = false;
  }
}

document.addEventListener(
  "submit",
  (event) => {
    if (!("inPlace" in event.target.dataset)) return;
    event.preventDefault();
    event.stopImmediatePropagation(); // the form stays usable
    press(event.target, event.submitter);
  },
  { capture: true },
);

const clock = document.querySelector("[data-clock]");
const hours = new Intl.DateTimeFormat("ko-KR", { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone: "Asia/Seoul" });

function tick() {
  const there = Date.now() + ahead;
  clock.textContent = hours.format(new Date(there));
  for (const shown of sheet.querySelectorAll("[data-until]")) {
    const seconds = Math.ceil((new Date(shown.dataset.until).getTime() - there) / 1000);
    const size = Math.abs(seconds);
    const words = size >= 3600 ? `${Math.floor(size / 3600)}:${String(Math.floor(size / 60) % 60).padStart(2, "0")}:${String(size % 60).padStart(2, "0")}` : `${Math.floor(size / 60)}:${String(size % 60).padStart(2, "0")}`;
    shown.textContent = (seconds >= 0 ? (sheet.dataset.left ?? "{} 남음") : (sheet.dataset.over ?? "{} 넘음")).replace("{}", words);
    shown.classList.toggle("over", seconds < 0);
    shown.classList.toggle("soon", seconds >= 0 && seconds < 60);
  }
}

async function watch() {
  for (;;) {
    await new Promise((done) => setTimeout(done, SECONDS * 1000));
    if (underWay) continue;
    if (navigator.onLine) await look();
    else reached(false);
  }
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) look();
});
sheet.tabIndex = -1;
tick();
setInterval(tick, 1000);
watch();
