// What everybody in the room sees, kept up to date; without this the button "화면 새로 고침" does it by hand.

const SECONDS = 5;
const SECONDS_IN_THE_BACK = 15;
const SECONDS_BETWEEN_SIGNS = 60;

const room = document.getElementById("now");
const said = document.querySelector("[data-said]");
const sign = document.getElementById("seen");
let tag = `W/"${room.dataset.tag}"`;

const announced = (within) =>
  new Map([...within.querySelectorAll("[data-announce]")].map((part) => [part.dataset.announce, part.textContent.replace(/\s+/g, " ").trim()]));

// What says where the focus is, in the old text and in the new.
const handle = (element) =>
  element.id ? `#${CSS.escape(element.id)}` : element.matches("button[form][name]") ? `button[form="${element.getAttribute("form")}"][name="${element.name}"][value="${CSS.escape(element.value)}"]` : element.matches("a[href]") ? `a[href="${CSS.escape(element.getAttribute("href"))}"]` : null;

function show(text) {
  const before = announced(room);
  const open = [...room.querySelectorAll("details[id][open]")].map((one) => one.id);
  const focused = room.contains(document.activeElement) ? handle(document.activeElement) : null;
  room.innerHTML = text;
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (focused) (room.querySelector(focused) ?? room).focus({ preventScroll: true });
  const news = [...announced(room)].filter(([name, words]) => words && before.get(name) !== words);
  if (news.length) said.textContent = news.map(([, words]) => words).join(" ");
}

async function look() {
  let answer;
  try {
    answer = await fetch(room.dataset.poll, { cache: "no-store", headers: { "If-None-Match": tag } });
  } catch {
    return; // the network comes and goes
  }
  if (answer.status === 404) return location.reload(); // the link holds no longer: the page itself says so
  if (answer.status !== 200) return;
  tag = answer.headers.get("ETag") ?? tag;
  const text = await answer.text();
  // Nothing is swapped away under an open menu or a text that is being written.
  if (!room.querySelector("textarea:focus, select:focus, input:focus")) show(text);
  else tag = "";
}

function sayHere() {
  if (!sign) return;
  const words = new FormData(sign);
  words.set("quiet", "yes");
  fetch(sign.action, { method: "POST", body: words, keepalive: true }).catch(() => {});
}

// The server's clock, whatever this machine thinks it is.
const clock = document.querySelector("[data-clock]");
const ahead = new Date(clock.dateTime).getTime() - Date.now();
const words = new Intl.DateTimeFormat("ko-KR", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "Asia/Seoul" });

function tick() {
  const there = new Date(Date.now() + ahead);
  const shown = words.format(there);
  if (!clock.textContent.includes(shown)) clock.textContent = clock.textContent.replace(/\d\d:\d\d/, shown);
}

async function watch() {
  for (let last = 0; ; ) {
    const spread = 0.8 + Math.random() * 0.4; // so that a thousand pages do not ask at one stroke
    await new Promise((done) => setTimeout(done, 1000 * spread * (document.hidden ? SECONDS_IN_THE_BACK : SECONDS)));
    if (navigator.onLine) await look();
    tick();
    if (Date.now() - last > SECONDS_BETWEEN_SIGNS * 1000) {
      last = Date.now();
      sayHere();
    }
  }
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) look();
});
window.addEventListener("pagehide", sayHere);
watch();
