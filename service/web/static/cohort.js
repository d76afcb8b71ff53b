// Chooses what the cohort's page shows, by its address: forms are not sent anywhere.
const form = document.querySelector("[data-choice]");

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  const chosen = [...new FormData(form)].filter(([, value]) => value !== "");
  window.location.search = new URLSearchParams(chosen).toString();
});
