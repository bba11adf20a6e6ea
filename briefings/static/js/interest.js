// Word of interest without leaving the page, so that what is playing there goes on; without this the page is loaded anew.

const box = document.getElementById("interests");

function sendPlainly(form, words) {
  const need = Object.assign(document.createElement("input"), { type: "hidden", name: "need", value: words.get("need") });
  form.append(need);
  form.submit();
}

async function send(form, words) {
  const back = words.has("back");
  const answer = await fetch(form.action, { method: "POST", body: words });
  if (answer.status !== 200) return sendPlainly(form, words); // the page says why not
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-interests]");
  box.querySelector("[data-interests]").replaceWith(fresh);
  box.querySelector("[role=status]").textContent = back ? box.dataset.back : box.dataset.said;
  if (back) box.querySelector("h2").focus();
}

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (!box?.contains(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation(); // it may be sent again
    const words = new FormData(form);
    if (event.submitter?.name) words.set(event.submitter.name, event.submitter.value);
    words.set("quiet", "yes");
    send(form, words).catch(() => sendPlainly(form, words));
  },
  true,
);
