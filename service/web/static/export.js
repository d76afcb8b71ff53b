/** Making an export: a small picture of what is chosen, how fair the pair is, and the order itself. */

import { call, Refused } from "./calls.js";

const form = document.getElementById("export");
const status = form.querySelector("[data-status]");
const picture = form.querySelector("[data-preview]");
const button = form.querySelector("button[type=submit]");
const pair = form.dataset.comparison;
const WAIT_MS = 250;

let asking = null;
let waiting = 0;

function chosen() {
  const told = Object.fromEntries(new FormData(form));
  return { ...told, eye_bar: form.elements.eye_bar.checked, caption: form.elements.caption.checked };
}

function say(sentence) {
  status.textContent = sentence;
}

async function look() {
  asking?.abort();
  button.disabled = true;
  const options = chosen();
  if (!options.purpose) return say(form.dataset.choose);
  asking = new AbortController();
  say(form.dataset.drawing);
  const address = `/v1/comparisons/${pair}/export-preview?${new URLSearchParams(options)}`;
  try {
    await show(address, asking.signal);
    say(form.dataset.drawn);
    button.disabled = false;
  } catch (error) {
    if (error.name === "AbortError") return;
    picture.hidden = true;
    say(error.message);
  }
}

async function show(address, signal) {
  const response = await fetch(address, { signal });
  if (!response.ok) {
    const problem = await response.json();
    throw new Refused(response.status, problem.code, `${problem.title}. ${problem.detail}`);
  }
  const drawn = URL.createObjectURL(await response.blob());
  URL.revokeObjectURL(picture.src);
  picture.src = drawn;
  picture.hidden = false;
}

function reason(factor) {
  const item = document.createElement("li");
  const figure = `${signed(factor.value)}${unit(factor.unit)}, ${factor.limit}${unit(factor.unit)}`;
  const words = { before: form.dataset.favoursBefore, after: form.dataset.favoursAfter };
  const whom = factor.of_limit > 1 ? (words[factor.favours] ?? form.dataset.favoursUnknown) : form.dataset.within;
  item.textContent = `${factor.name}: ${figure} (${whom}${explained(factor.explains)})`;
  return item;
}

function explained(told) {
  if (!told) return "";
  const says = { could: `${told.could}${unit(told.unit)}`, change: `${signed(told.change)}${unit(told.unit)}`, name: told.name };
  return `; ${form.dataset.explains.replace(/%\((\w+)\)s/g, (_, name) => says[name])}`;
}

function signed(value) {
  return `${value > 0 ? "+" : ""}${Number(value.toFixed(2))}`.replace("-", "−");
}

function unit(word) {
  return word === "°" || !word ? word : ` ${word}`;
}

async function judge() {
  try {
    const told = await call("GET", `/v1/comparisons/${pair}/honest-pair`);
    form.querySelector("[data-score]").textContent = told.score;
    form.querySelector("[data-verdict]").textContent = told.verdict;
    form.querySelector("[data-formula]").textContent = told.formula;
    form.querySelector("[data-reasons]").replaceChildren(...told.factors.map(reason));
  } catch (error) {
    form.querySelector("[data-verdict]").textContent = error.message;
  }
}

form.addEventListener("change", () => {
  clearTimeout(waiting);
  waiting = setTimeout(look, WAIT_MS);
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  button.disabled = true;
  say(form.dataset.making);
  try {
    const made = await call("POST", "/v1/exports", { ...chosen(), comparison_id: pair });
    if (made.failure) throw new Refused(200, made.status, made.failure);
    window.location.assign("/app/exports");
  } catch (error) {
    say(error.message);
    button.disabled = false;
  }
});

judge().then(look);
