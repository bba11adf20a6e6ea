// The board without waiting for whole pages, and dragging with the mouse; every move is a form that works without it.

const main = document.getElementById("main");
const board = document.getElementById("board");
const ticks = () => [...document.querySelectorAll('input[name="need"][form="together"]')];
const mouse = matchMedia("(hover: hover) and (pointer: fine) and (min-width: 768px)");
let busy = false;

function dress() {
  const number = ticks().filter((tick) => tick.checked).length;
  const place = board.querySelector("[data-count]");
  if (place) place.textContent = number ? `${number}건` : "";
  board.classList.toggle("can-drag", mouse.matches && "move" in board.dataset);
}

// Post a form and show what the answer shows; `after`: the button to go back to, and whether the ticks are done with.
async function send(address, data, after) {
  if (busy) return;
  busy = true;
  try {
    const answer = await fetch(address, { method: "POST", body: data });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (page.getElementById("board")) show(page, answer.url, after);
    else if (answer.redirected) location.assign(answer.url);
    else {
      document.title = page.title;
      main.replaceChildren(...page.getElementById("main").childNodes);
    }
    if (!main.contains(board)) main.focus();
  } catch {
    location.reload(); // the browser says better than we that the network is gone
  } finally {
    busy = false;
  }
}

function show(page, address, after) {
  const ticked = new Set(after.untick ? [] : ticks().filter((tick) => tick.checked).map((tick) => tick.value));
  const place = page.getElementById("said").dataset.focus;
  const wrong = page.getElementById("error-summary");
  document.title = page.title;
  if (!wrong) history.replaceState(null, "", address);
  for (const part of ["#board", "#said", ".messages"]) {
    document.querySelector(part).replaceChildren(...page.querySelector(part).childNodes);
  }
  for (const tick of ticks()) tick.checked = ticked.has(tick.value);
  const moved = document.getElementById(place) ?? board;
  (wrong ?? moved.querySelector(after.button) ?? moved).focus();
  dress();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const pressed = event.submitter;
  if (form.method !== "post" || !form.closest("#board, #said")) return;
  event.preventDefault();
  send(pressed?.hasAttribute("formaction") ? pressed.formAction : form.action, new FormData(form, pressed), {
    untick: form.id === "together",
    button: ["up", "down"].includes(pressed?.value) ? `button[value="${pressed.value}"]` : "none",
  });
});

document.addEventListener("change", dress);

// Dragging: from a press of the main button over a few pixels until it is let go; Esc ends it. Touch scrolls as ever.
let drag = null;

document.addEventListener("pointerdown", (event) => {
  const card = event.target.closest(".can-drag .need-card");
  if (!card || event.pointerType !== "mouse" || event.button || event.target.closest("a, input, button, select, summary")) return;
  drag = { card, x: event.clientX, y: event.clientY, mark: null };
});

document.addEventListener("pointermove", (event) => {
  if (!drag) return;
  if (!drag.mark && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < 6) return;
  if (!drag.mark) {
    drag.mark = Object.assign(document.createElement("li"), { className: "drop-here" });
    drag.card.classList.add("dragged");
    document.body.classList.add("dragging");
    getSelection().removeAllRanges();
  }
  scrollBy(0, event.clientY < 60 ? -18 : event.clientY > innerHeight - 60 ? 18 : 0);
  const list = document.elementFromPoint(event.clientX, event.clientY)?.closest(".lane")?.querySelector(".cards");
  if (!list) return;
  const below = [...list.querySelectorAll(".need-card:not(.dragged)")].find((card) => {
    const box = card.getBoundingClientRect();
    return event.clientY < box.top + box.height / 2;
  });
  list.insertBefore(drag.mark, below?.parentElement ?? null);
});

function end() {
  const { card, mark } = drag;
  drag = null;
  card.classList.remove("dragged");
  document.body.classList.remove("dragging");
  mark?.remove();
}

document.addEventListener("pointerup", () => {
  if (!drag) return;
  const { card, mark } = drag;
  const lane = mark?.closest(".lane");
  const data = new FormData(document.getElementById("together"));
  const several = data.getAll("need").includes(card.dataset.need);
  if (!several) data.set("need", card.dataset.need);
  let next = mark?.nextElementSibling;
  while (next && data.getAll("need").includes(next.firstElementChild.dataset.need)) next = next.nextElementSibling;
  data.set("before", next?.firstElementChild.dataset.need ?? "");
  data.set("to", lane?.dataset.lane);
  data.delete("position");
  end();
  if (lane) send(board.dataset.move, data, { untick: several, button: "none" });
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && drag) end();
});
addEventListener("blur", () => drag && end());
mouse.addEventListener("change", dress);
dress();
