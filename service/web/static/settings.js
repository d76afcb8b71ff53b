/** The settings' page: copies what is told once, and asks before what cannot be taken back. */

for (const button of document.querySelectorAll("[data-copy]")) {
  const told = document.getElementById(button.dataset.copy);
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(told.value);
    button.textContent = button.dataset.copied;
  });
  told.focus();
  told.select();
}

for (const form of document.querySelectorAll("form[data-ask]")) {
  form.addEventListener("submit", (event) => {
    if (!window.confirm(form.dataset.ask)) event.preventDefault();
  });
}
