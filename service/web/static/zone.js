/** Tells the service what the browser's clock is set to, so that a page's days begin when the clinic's do. */

/** The browser's zone, `Europe/Vienna`. */
export function zone() {
  return Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC";
}

/** Tell the service of the browser's zone, once, where the page's days are of another one; the page is loaded anew. */
export function keepZone({ dataset }) {
  if (zone() === dataset.zone || zone() === dataset.told) return;
  const told = new URLSearchParams({ name: zone(), next: location.pathname + location.search });
  location.replace(`/app/zone?${told}`);
}

/** A moment's day by the browser's clock, as fields of the type `date` have it. */
export function dayOf(moment) {
  const local = new Date(moment.getTime() - moment.getTimezoneOffset() * 60000);
  return local.toISOString().slice(0, 10);
}

/** A day as a field has it, in the words of the page's language. */
export function dayWords(day) {
  const [year, month, date] = day.split("-").map(Number);
  const language = document.documentElement.lang;
  return new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, { dateStyle: "medium" }).format(new Date(year, month - 1, date));
}
