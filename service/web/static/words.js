/** The page's own words, which its template says in the reader's language. */

const WORDS = JSON.parse(document.getElementById("words")?.textContent ?? "{}");

/** The sentence called `name`, with the figures in place of `{…}`. */
export function say(name, figures = {}) {
  return (WORDS[name] ?? name).replace(/\{(\w+)\}/g, (_, figure) => figures[figure] ?? "");
}
