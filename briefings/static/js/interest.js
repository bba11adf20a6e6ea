// Word of interest without leaving the page, so that what is playing there goes on; without this the page is loaded anew.

const box = document.getElementById("interests");

// The programme is the same for everybody: which of its talks one has raised interest in is told by the box.
function mark() {
  const fields = box?.querySelectorAll("[data-raised] input[name=need]") ?? [];
  const raised = new Set(Array.from(fields, (field) => field.value));
  for (const button of document.querySelectorAll('button[form="interest"]')) {
    button.setAttribute("aria-pressed", String(raised.has(button.value)));
  }
}

function sendPlainly(form, words) {
  for (const name of ["need", "back"]) {
    const value = words.get(name);
    if (value && !form.elements[name]) form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  form.submit();
}

async function send(form, words, button) {
  const back = words.has("back");
  const answer = await fetch(form.action, { method: "POST", body: words });
  if (answer.status !== 200) return sendPlainly(form, words); // the page says why not
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-interests]");
  box.querySelector("[data-interests]").replaceWith(fresh);
  box.querySelector("[role=status]").textContent = back ? box.dataset.back : box.dataset.said;
  mark();
  if (back && !button.isConnected) box.querySelector("h2").focus();
}

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (!box?.contains(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation(); // it may be sent again
    const words = new FormData(form);
    const button = event.submitter;
    if (button?.name) words.set(button.name, button.value);
    if (button?.getAttribute("aria-pressed") === "true") words.set("back", "yes");
    words.set("quiet", "yes");
    send(form, words, button).catch(() => sendPlainly(form, words));
  },
  true,
);

document.addEventListener("board", mark);
mark();
