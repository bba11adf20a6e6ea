// Says at once what the server would say after the upload: that a file is too large.

for (const field of document.querySelectorAll("input[type=file][data-largest]")) {
  field.addEventListener("change", () => {
    const large = [...field.files].some((file) => file.size > Number(field.dataset.largest));
    document.getElementById(`${field.id}-large`).hidden = !large;
  });
}
