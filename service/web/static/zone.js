/** Tells the service what the browser's clock is set to, so that a page's days begin when the clinic's do. */

const NAME = "liftmark_zone";

/** The browser's zone, `Europe/Vienna`. */
export function zone() {
  return Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC";
}

/** Have the browser tell of its zone from now on, and load a page anew whose days are of another one. */
export function keepZone(shown) {
  if (tellZone() && zone() !== shown) location.reload();
}

/** Whether it was told for the first time: a zone that the service does not know is not told over and over. */
function tellZone() {
  const told = `${NAME}=${zone()}`;
  if (document.cookie.split("; ").includes(told)) return false;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${told}; path=/app; max-age=31536000; SameSite=Lax${secure}`;
  return document.cookie.split("; ").includes(told);
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
