// Asking and wanting to know too without leaving the page, so that a stream in it goes on; everything works without.

const PARTS = ["asking", "questions"];
let busy = false;

// The board is the same for everybody: which of its questions one wants to know too stands in the form beside it.
function mark() {
  const form = document.getElementById("vote");
  if (!form) return;
  const [wanted, own] = [form.dataset.wanted, form.dataset.own].map((ids) => new Set(ids.split(" ")));
  for (const button of document.querySelectorAll('button[form="vote"]')) {
    if (own.has(button.value)) {
      button.querySelector(".say").textContent = form.dataset.ownWords;
      button.disabled = true;
      continue;
    }
    const pressed = wanted.has(button.value);
    button.setAttribute("aria-pressed", String(pressed));
    if (pressed) button.setAttribute("formaction", form.dataset.takeBack);
    else button.removeAttribute("formaction");
  }
}

// Whoever votes in the middle of writing a question goes on writing.
function kept() {
  const form = document.getElementById("ask");
  return form && [form.elements.text.value, form.elements.slot.value, form.elements.anonymous.checked];
}

function restore([text, slot, anonymous]) {
  const form = document.getElementById("ask");
  if (!form) return;
  [form.elements.text.value, form.elements.slot.value] = [text, slot];
  form.elements.anonymous.checked = anonymous;
}

// What came of it stands above the whole page, too far up to be seen on a phone: here it is shown once more.
function sayBeside() {
  const shown = document.querySelector(".messages")?.firstElementChild?.cloneNode(true);
  if (!shown) return;
  shown.setAttribute("aria-hidden", "true");
  document.getElementById("asking-title")?.after(shown);
}

function show(page, sent) {
  const typed = sent === "ask" ? null : kept();
  const focused = document.activeElement;
  const again = focused?.matches?.("button[form][name]")
    ? `button[form="${focused.getAttribute("form")}"][value="${CSS.escape(focused.value)}"]`
    : null;
  for (const id of PARTS) {
    const [there, made] = [document.getElementById(id), page.getElementById(id)];
    // The board of the join page stands inside what is asked for by itself; it has the id on its heading.
    const [old, fresh] = [there, made].map((part) => part?.closest("section"));
    if (old && fresh) old.replaceChildren(...fresh.childNodes);
  }
  const messages = page.querySelector(".messages");
  document.querySelector(".messages")?.replaceChildren(...(messages?.childNodes ?? []));
  if (typed) restore(typed);
  else sayBeside();
  mark();
  const wrong = document.getElementById("error-summary");
  (wrong ?? (again && document.querySelector(again)) ?? document.getElementById("asking-title"))?.focus();
}

function say(words) {
  const messages = document.querySelector(".messages");
  const notice = document.createElement("p");
  notice.className = "krds-notice warning";
  notice.textContent = words;
  messages.replaceChildren(notice);
  messages.scrollIntoView({ block: "nearest" });
}

// As the browser would have done it without this.
function sendPlainly(form, button) {
  const pressed = Object.assign(document.createElement("input"), { type: "hidden", name: button?.name ?? "", value: button?.value ?? "" });
  const usual = form.action;
  form.append(pressed);
  form.action = button?.getAttribute("formaction") ?? usual;
  form.submit();
  pressed.remove(); // whoever comes back presses something else
  form.action = usual;
}

async function send(form, button) {
  const data = new FormData(form, button);
  const answer = await fetch(button?.getAttribute("formaction") ?? form.action, { method: "POST", body: data });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (page.getElementById("asking")) show(page, form.id);
  else say(page.querySelector("main .lead")?.textContent ?? page.title); // an error page: what is the matter
}

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (!["ask", "vote", "withdraw"].includes(form.id)) return;
    event.preventDefault();
    event.stopPropagation();
    if (busy) return;
    busy = true;
    send(form, event.submitter)
      .catch(() => sendPlainly(form, event.submitter)) // the browser says better than we that the network is gone
      .finally(() => {
        busy = false;
      });
  },
  { capture: true },
);

// A text area takes Enter for a new line; with Ctrl or Command it sends, but never while a syllable is being composed.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target.closest?.("form#ask");
  if (form && event.target.matches("textarea")) {
    event.preventDefault();
    form.requestSubmit();
  }
});

document.addEventListener("board", mark);
mark();
