// Long work shows how far it is without being asked; the link "지금 상태 보기" does the same by hand.

const SECONDS = 1.5;

async function look(shown) {
  let answer;
  try {
    answer = await fetch(shown.dataset.task, { headers: { Accept: "text/html" } });
  } catch {
    return true; // the network comes and goes
  }
  if (!answer.ok || answer.redirected) return location.reload(); // signed out, or gone: the page itself says so
  const now = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-task]");
  if (!("underWay" in now.dataset)) return location.reload();
  // Where the focus is, nothing may be swapped away under it.
  if (shown.contains(document.activeElement)) {
    const words = now.querySelectorAll("p");
    shown.querySelectorAll("p").forEach((old, i) => words[i] && old.replaceWith(words[i]));
  } else shown.replaceChildren(...now.childNodes);
  return true;
}

async function watch(shown) {
  do await new Promise((done) => setTimeout(done, SECONDS * 1000));
  while (document.hidden || (await look(shown)));
}

document.querySelectorAll("[data-task][data-under-way]").forEach(watch);
