/** Dialogs: opened by a button, closed by theirs, and telling inside what was refused. */

/** Open `dialog` when `button` is pressed, after `begin`. */
export function opening(button, dialog, begin = () => {}) {
  button.addEventListener("click", () => {
    refuse(dialog, null);
    begin();
    dialog.showModal();
  });
}

for (const button of document.querySelectorAll("dialog [data-close]")) {
  button.addEventListener("click", () => button.closest("dialog").close());
}

/** Do something while the dialog's buttons rest; what it is refused with is told in the dialog. */
export async function refusing(dialog, act) {
  const buttons = [...dialog.querySelectorAll("button")];
  for (const button of buttons) button.disabled = true;
  refuse(dialog, null);
  try {
    await act();
  } catch (error) {
    refuse(dialog, error.message);
  } finally {
    for (const button of buttons) button.disabled = false;
  }
}

/** Tell in the dialog what was refused; null takes it away. */
export function refuse(dialog, sentence) {
  const place = dialog.querySelector("[data-refused]");
  if (!place) return;
  place.textContent = sentence ?? "";
  place.hidden = !sentence;
}
