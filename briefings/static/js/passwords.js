// A button under each password field that shows what was typed and hides it again.

const words = document.getElementById("show-password").dataset;

for (const field of document.querySelectorAll('input[type="password"]')) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "krds-btn text";
  button.textContent = words.show;
  button.setAttribute("aria-controls", field.id);
  button.addEventListener("click", () => {
    const shown = field.type === "text";
    field.type = shown ? "password" : "text";
    button.textContent = shown ? words.show : words.hide;
  });
  field.form.addEventListener("submit", () => { field.type = "password"; });
  field.after(button);
}
