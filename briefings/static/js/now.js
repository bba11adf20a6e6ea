// What everybody in the room sees, kept up to date; without this the button "화면 새로 고침" does it by hand.

const SECONDS = 5;
const SECONDS_IN_THE_BACK = 15;
const SECONDS_BETWEEN_SIGNS = 60;

const room = document.getElementById("now");
const said = document.querySelector("[data-news]");
const cut = document.querySelector("[data-cut]");
const sign = document.getElementById("seen");
let missed = 0;
let tag = `W/"${room.dataset.tag}"`;

// Name of a part → what tells whether it is news, and the words for it.
function parts() {
  const found = [...room.querySelectorAll("[data-announce]")];
  const text = (part) => part.innerText.replace(/\s+/g, " ").trim();
  return new Map(found.map((part) => [part.dataset.announce, [part.dataset.key ?? text(part), part.dataset.words ?? text(part)]]));
}

// What finds an element again after its like has taken its place.
function handle(element) {
  if (element.id) return `#${CSS.escape(element.id)}`;
  const names = { BUTTON: ["form", "name", "value"], A: ["href"] }[element.tagName] ?? [];
  const has = names.filter((name) => element.hasAttribute(name));
  return has.length ? element.tagName + has.map((name) => `[${name}="${CSS.escape(element.getAttribute(name))}"]`).join("") : null;
}

function show(text) {
  const before = parts();
  const open = [...room.querySelectorAll("details[id][open]")].map((one) => one.id);
  const focused = room.contains(document.activeElement) ? handle(document.activeElement) : null;
  room.innerHTML = text;
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (focused) (room.querySelector(focused) ?? room).focus({ preventScroll: true });
  const news = [...parts()].filter(([name, [key]]) => before.get(name)?.[0] !== key);
  if (news.length) said.textContent = news.map(([, [, words]]) => words).join(" ");
  document.dispatchEvent(new Event("board"));
}

function isBusy() {
  const chosen = getSelection();
  return !chosen.isCollapsed && room.contains(chosen.anchorNode); // somebody is about to copy an address
}

// The clock goes on here whatever happens: whoever is not told would take for the present what is old.
function reached(well) {
  missed = well ? 0 : missed + 1;
  const lost = missed > 1; // one answer that is late is no matter
  if (cut.hidden !== lost) return;
  cut.hidden = !lost;
  said.textContent = lost ? cut.innerText : "";
}

async function look() {
  if (isBusy()) return;
  let answer;
  try {
    answer = await fetch(room.dataset.poll, { cache: "no-store", credentials: "omit", headers: { "If-None-Match": tag } });
  } catch {
    return reached(false); // the network comes and goes
  }
  reached(answer.status < 500);
  if ([404, 410].includes(answer.status)) return location.reload(); // the link holds no longer: the page itself says so
  if (answer.status !== 200) return;
  tag = answer.headers.get("ETag");
  show(await answer.text());
}

function sayHere() {
  if (!sign || !("inside" in sign.dataset) || room.querySelector('[data-announce="over"]')) return;
  const words = new FormData(sign);
  words.set("quiet", "yes");
  fetch(sign.action, { method: "POST", body: words, keepalive: true }).catch(() => {});
}

// The server's clock, whatever this machine takes the time for.
const clock = document.querySelector("[data-clock]");
const ahead = clock ? new Date(clock.dateTime) - Date.now() : 0;

function tick() {
  if (!clock) return;
  const zone = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: clock.dataset.zone };
  const there = new Intl.DateTimeFormat("ko-KR", zone).format(Date.now() + ahead);
  if (!clock.textContent.includes(there)) clock.textContent = clock.textContent.replace(/\d\d:\d\d/, there);
}

async function watch() {
  for (let last = 0; ; ) {
    const spread = 0.8 + Math.random() * 0.4; // a thousand pages must not ask at one stroke
    await new Promise((done) => setTimeout(done, 1000 * spread * (document.hidden ? SECONDS_IN_THE_BACK : SECONDS)));
    tick();
    await look();
    if (Date.now() - last < SECONDS_BETWEEN_SIGNS * 1000) continue;
    last = Date.now();
    sayHere();
  }
}

document.addEventListener("visibilitychange", () => document.hidden || look());
window.addEventListener("pagehide", sayHere);
watch();
