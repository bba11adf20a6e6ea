// Two comforts; every form works without them.

// After a failed form: go to the summary of what is wrong.
document.getElementById("error-summary")?.focus();

// A second press while the first is on its way posts nothing. Enter that ends a Hangul syllable is not a press.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || "downloads" in form.dataset) return; // after a download the page is still there
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
});

// Coming back with the browser's button finds the form usable again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("button")) button.removeAttribute("aria-disabled");
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.isComposing) event.preventDefault();
});
