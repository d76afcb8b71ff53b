/** The upload page: whose photos, of which visit; each sent with its progress, and its verdict shown. */

import { Refused, call } from "./calls.js";
import { element } from "./element.js";
import { exifDay } from "./exif-day.js";
import { ended, judged, newKey, sendPhoto, showReasons } from "./sending.js";
import { say } from "./words.js";
import { dayOf, dayWords } from "./zone.js";

const AT_ONCE = 2;
const QUIET_MS = 250;

const form = document.querySelector("[data-upload]");
const fields = form.elements;
const rows = new Map();
const madeVisits = new Map();
let subject = null;
let asking = 0;

fields.day.value = dayOf(new Date());
fields.day.max = fields.day.value;
fields.reference.addEventListener("input", later(knowSubject));
fields.day.addEventListener("change", listVisits);
fields.visit.addEventListener("change", showNewVisit);
form.querySelector("[data-files]").addEventListener("change", (event) => {
  add(event.target.files);
  event.target.value = "";
});
form.querySelector("[data-exif-use]").addEventListener("click", useExifDay);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  sendAll();
});
prepareDrop(form.querySelector("[data-drop]"));
knowSubject();

// Whose, and when.

async function knowSubject() {
  const reference = fields.reference.value.trim();
  const turn = (asking += 1);
  const found = reference ? await call("GET", `/v1/subjects?limit=12&q=${encodeURIComponent(reference)}`).catch(() => null) : null;
  if (turn !== asking) return;
  const items = found?.items ?? [];
  document.getElementById("references").replaceChildren(...items.map((one) => new Option(one.reference, one.reference)));
  subject = items.find((one) => one.reference === reference) ?? null;
  await listVisits();
}

async function listVisits() {
  const seen = subject && (await call("GET", `/v1/subjects/${subject.id}/visits?limit=200`).catch(() => null));
  const visits = seen?.items ?? [];
  const ofDay = visits.filter((visit) => dayOf(new Date(visit.taken_at)) === fields.day.value);
  fields.visit.replaceChildren(...ofDay.map(visitOption), new Option(say("new_visit"), ""));
  tellSubject(visits.length);
  showNewVisit();
}

function visitOption(visit) {
  const phase = [...fields.phase.options].find((option) => option.value === visit.phase).text;
  return new Option(visit.treatment_number === null ? phase : `${phase} ${visit.treatment_number}`, visit.id);
}

function tellSubject(count) {
  const camera = form.querySelector("[data-camera]");
  camera.hidden = !subject;
  if (subject) camera.href = `/app/camera/${subject.id}`;
  if (subject && count) fields.phase.value = "treatment";
  const written = fields.reference.value.trim();
  if (written) form.querySelector("[data-reference-says]").textContent = subject ? say("known", { count }) : say("new");
  showButton();
}

function showNewVisit() {
  for (const field of form.querySelectorAll("[data-new-visit]")) field.hidden = fields.visit.value !== "";
}

function later(act) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(act, QUIET_MS);
  };
}

// Which photos.

function prepareDrop(place) {
  for (const kind of ["dragover", "dragenter"]) {
    place.addEventListener(kind, (event) => {
      event.preventDefault();
      place.classList.add("drop--over");
    });
  }
  for (const kind of ["dragleave", "drop"]) place.addEventListener(kind, () => place.classList.remove("drop--over"));
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    add(event.dataTransfer.files);
  });
}

function add(files) {
  for (const file of files) {
    const name = `${file.name} ${file.size} ${file.lastModified}`;
    if (rows.has(name)) form.querySelector("[data-says]").textContent = say("same");
    else rows.set(name, newRow(name, file));
  }
  showButton();
  offerExifDay([...files]);
}

function newRow(name, file) {
  const item = form.parentElement.querySelector("template[data-row]").content.firstElementChild.cloneNode(true);
  const row = { file, item, key: newKey(), view: fields.view.value, photo: null, busy: false };
  const picture = item.querySelector("img");
  picture.src = URL.createObjectURL(file);
  picture.addEventListener("error", () => picture.classList.add("thumb--none"));
  item.querySelector(".upload-row__name").textContent = file.name;
  item.querySelector("progress").setAttribute("aria-label", say("progress", { name: file.name }));
  item.querySelector(".upload-row__says").textContent = say("waits");
  item.querySelector("[data-again]").addEventListener("click", () => sendAll());
  item.querySelector("[data-leave-out]").addEventListener("click", () => {
    rows.delete(name);
    item.remove();
    showButton();
  });
  form.querySelector("[data-uploads]").append(item);
  return row;
}

async function offerExifDay(files) {
  for (const file of files) {
    const day = await exifDay(file);
    if (day && day !== fields.day.value) {
      const place = form.querySelector("[data-exif]");
      place.dataset.day = day;
      place.querySelector("[data-exif-says]").textContent = say("exif", { day: dayWords(day) });
      place.hidden = false;
      return;
    }
  }
}

function useExifDay() {
  const place = form.querySelector("[data-exif]");
  fields.day.value = place.dataset.day;
  place.hidden = true;
  fields.day.focus();
  listVisits();
}

// Sending them.

function waiting() {
  return [...rows.values()].filter((row) => !row.photo && !row.busy);
}

function showButton() {
  const count = waiting().length;
  const button = form.querySelector("[data-send-all]");
  button.disabled = count === 0 || !fields.reference.value.trim();
  button.textContent = count === 1 ? say("upload_one") : say("upload_many", { count: count || "" });
}

async function sendAll() {
  if (!form.reportValidity()) return;
  const queue = waiting();
  for (const row of queue) row.busy = true;
  showButton();
  try {
    const visit = await theVisit();
    await Promise.all(Array.from({ length: AT_ONCE }, () => work(queue, visit)));
  } catch (error) {
    if (!(error instanceof Refused)) throw error; // the page has told it
  }
  for (const row of queue) row.busy = false;
  showButton();
  await conclude();
}

async function work(queue, visit) {
  for (let row = queue.shift(); row; row = queue.shift()) {
    await send(row, visit);
    row.busy = false;
  }
}

async function theVisit() {
  if (!subject) subject = await call("POST", "/v1/subjects", { reference: fields.reference.value.trim() });
  if (fields.visit.value) return { id: fields.visit.value };
  const asked = { taken_at: moment(), phase: fields.phase.value };
  if (fields.treatment_number.value) asked.treatment_number = Number(fields.treatment_number.value);
  const named = JSON.stringify([subject.id, fields.day.value, asked.phase, asked.treatment_number]);
  if (!madeVisits.has(named)) madeVisits.set(named, { key: newKey(), asked });
  const known = madeVisits.get(named);
  known.made ??= await call("POST", `/v1/subjects/${subject.id}/visits`, known.asked, { headers: { "Idempotency-Key": known.key } });
  return known.made;
}

/** Now, on the day that was chosen. */
function moment() {
  const [year, month, day] = fields.day.value.split("-").map(Number);
  const now = new Date();
  return new Date(year, month - 1, day, now.getHours(), now.getMinutes()).toISOString();
}

async function send(row, visit) {
  const says = row.item.querySelector(".upload-row__says");
  const bar = row.item.querySelector("progress");
  const again = row.item.querySelector("[data-again]");
  again.hidden = true;
  row.item.querySelector("[data-leave-out]").hidden = true;
  try {
    const onProgress = (share) => {
      bar.value = share;
      says.textContent = share < 1 ? say("sending", { percent: Math.round(100 * share) }) : say("analysing");
    };
    row.photo = await ended(await sendPhoto({ visit: visit.id, file: row.file, view: row.view, key: row.key, onProgress }));
    row.visit = visit;
    bar.hidden = true;
    show(row);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    bar.value = 0;
    says.textContent = error.message || say("offline");
    again.hidden = false;
    row.item.querySelector("[data-leave-out]").hidden = false;
  }
}

function show(row) {
  const found = judged(row.photo);
  const badge = document.createElement("span");
  badge.className = `badge badge--${found.tone}`;
  badge.textContent = say(found.name);
  row.item.querySelector(".upload-row__says").replaceChildren(badge);
  showReasons(row.item.querySelector(".flags"), found.reasons);
  if (row.photo.status === "analysed") row.item.querySelector("img").src = `/v1/photos/${row.photo.id}/thumbnail`;
}

// What comes next.

async function conclude() {
  const sent = [...rows.values()].filter((row) => row.photo);
  if (!sent.length || !subject) return;
  const retakes = sent.filter((row) => judged(row.photo).name !== "usable").length;
  form.querySelector("[data-says]").textContent = retakes ? say("some_retake", { count: retakes }) : say("all_usable");
  const usable = sent.filter((row) => row.photo.status === "analysed" && row.view === "frontal").at(-1);
  const baseline = usable && (await baselineFor(usable));
  showNext(usable, baseline);
}

/** The first frontal photo of another, earlier visit, a baseline visit's before any other; null where there is none. */
async function baselineFor({ photo }) {
  const of = `/v1/subjects/${subject.id}`;
  const [visits, photos] = await Promise.all([
    call("GET", `${of}/visits?limit=200`),
    call("GET", `${of}/photos?view=frontal&status=analysed&limit=200`),
  ]);
  const known = new Map(visits.items.map((visit) => [visit.id, visit]));
  const own = known.get(photo.visit_id);
  const earlier = photos.items
    .map((one) => ({ ...one, visit: known.get(one.visit_id) }))
    .filter((one) => one.visit && one.visit_id !== photo.visit_id && one.visit.taken_at < own.taken_at);
  const rank = (one) => `${one.visit.phase === "baseline" ? 0 : 1} ${one.visit.taken_at} ${one.id}`;
  return earlier.sort((a, b) => (rank(a) < rank(b) ? -1 : 1))[0] ?? null;
}

function showNext(usable, baseline) {
  const place = form.querySelector("[data-next]");
  const link = element("a", { className: "button", href: `/app/subjects/${subject.id}`, textContent: say("to_subject") });
  place.replaceChildren(link);
  if (baseline) {
    const day = dayWords(dayOf(new Date(baseline.visit.taken_at)));
    const button = element("button", { className: "button button--primary", type: "button", textContent: say("compare", { day }) });
    button.addEventListener("click", () => compare(button, baseline.id, usable.photo.id));
    place.prepend(button);
  }
  place.hidden = false;
}

async function compare(button, before, after) {
  button.disabled = true;
  form.querySelector("[data-says]").textContent = say("comparing");
  try {
    const pair = await call("POST", "/v1/comparisons?wait=20", { before_photo_id: before, after_photo_id: after });
    location.assign(`/app/comparisons/${pair.id}`);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    button.disabled = false;
  }
}
