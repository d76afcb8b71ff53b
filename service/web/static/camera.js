/** The camera page: what the camera sees under the photo that is to be matched, hints, the photo itself, its verdict. */

import { Refused, call } from "./calls.js";
import { element } from "./element.js";
import { HintLoop } from "./pose-hints.js";
import { ended, judged, newKey, sendPhoto, showReasons } from "./sending.js";
import { say } from "./words.js";

const root = document.querySelector("[data-camera]");
const part = (name) => root.querySelector(`[data-${name}]`);
const stage = part("stage");
const video = part("video");
const hints = part("hints");
const madeVisit = { key: newKey() };
let stream = null;
let taken = null;
let facing = "environment";

const loop = new HintLoop({
  video,
  address: `/v1/subjects/${root.dataset.subject}/pose-hints${root.dataset.baseline ? `?baseline_photo_id=${root.dataset.baseline}` : ""}`,
  show: showHints,
});

part("take").addEventListener("click", take);
part("use").addEventListener("click", use);
part("again").addEventListener("click", live);
part("next-photo").addEventListener("click", live);
part("turn").addEventListener("click", () => {
  facing = facing === "environment" ? "user" : "environment";
  start();
});
part("torch").addEventListener("change", (event) => track()?.applyConstraints({ advanced: [{ torch: event.target.checked }] }));
part("strength")?.addEventListener("input", (event) => part("ghost").style.setProperty("--strength", event.target.value / 100));
part("show-outline")?.addEventListener("change", (event) => {
  part("outline").toggleAttribute("hidden", !event.target.checked);
});
part("show-grid").addEventListener("change", (event) => stage.toggleAttribute("data-grid", event.target.checked));
part("hint").addEventListener("change", (event) => hint(event.target.checked));
part("visit").addEventListener("change", showNewVisit);
part("options").addEventListener("submit", (event) => event.preventDefault());
document.addEventListener("visibilitychange", () => (document.hidden ? stop() : start()));
showNewVisit();
start();

// The camera.

async function start() {
  stop();
  try {
    const wanted = { facingMode: facing, width: { ideal: 3840 }, height: { ideal: 2160 } };
    stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
  } catch {
    trouble(say("no_camera")); // over plain HTTP there is no mediaDevices at all
    return;
  }
  video.srcObject = stream;
  await video.play();
  stage.style.setProperty("--aspect", video.videoWidth / video.videoHeight);
  part("take").disabled = false;
  trouble("");
  await offerWhatItCan();
  if (!taken) hint(part("hint").checked);
}

function stop() {
  loop.stop();
  for (const one of stream?.getTracks() ?? []) one.stop();
  stream = null;
}

function track() {
  return stream?.getVideoTracks()[0];
}

async function offerWhatItCan() {
  part("torch-option").hidden = !track().getCapabilities?.().torch;
  const cameras = (await navigator.mediaDevices.enumerateDevices()).filter((one) => one.kind === "videoinput");
  part("turn").hidden = cameras.length < 2;
}

function trouble(sentence) {
  part("trouble").textContent = sentence;
  part("trouble").hidden = !sentence;
}

// Hints.

function hint(wanted) {
  if (wanted && stream) loop.start();
  else loop.stop();
  hints.hidden = !wanted;
  if (!wanted) part("arrow").toggleAttribute("hidden", true);
}

function showHints(found) {
  const told = found.hints.slice(0, 2).map((one) => one.says).join(" ") || say(root.dataset.baseline ? "good" : "fine");
  if (hints.textContent !== told) hints.textContent = told;
  hints.dataset.tone = found.hints.length ? "" : "good";
  const towards = found.hints.map((one) => one.arrow).find((arrow) => ["left", "right", "up", "down"].includes(arrow));
  part("arrow").toggleAttribute("hidden", !towards);
  if (towards) part("arrow").dataset.towards = towards;
}

// The photo.

async function take() {
  part("take").disabled = true;
  await countDown(Number(part("timer").value));
  const canvas = element("canvas", { width: video.videoWidth, height: video.videoHeight });
  canvas.getContext("2d").drawImage(video, 0, 0);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.95));
  taken = { blob, key: newKey() };
  loop.stop();
  part("taken").src = URL.createObjectURL(blob);
  show("judge");
  part("use").focus();
}

async function countDown(seconds) {
  const place = part("count");
  for (let left = seconds; left > 0; left -= 1) {
    place.textContent = left;
    place.hidden = false;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  place.hidden = true;
}

function live() {
  URL.revokeObjectURL(part("taken").src);
  taken = null;
  show("live");
  part("take").disabled = !stream;
  part("take").focus();
  hint(part("hint").checked);
}

function show(state) {
  part("live").hidden = state !== "live";
  part("judge").hidden = state !== "judge";
  part("verdict").hidden = state !== "verdict";
  part("taken").hidden = state === "live";
  hints.hidden = state !== "live";
  part("arrow").toggleAttribute("hidden", true);
}

async function use() {
  part("use").disabled = true;
  const says = part("verdict-says");
  showReasons(part("verdict-reasons"), []);
  part("next-photo").hidden = true;
  try {
    const visit = await theVisit();
    show("verdict");
    const onProgress = (share) => {
      says.textContent = share < 1 ? say("sending", { percent: Math.round(100 * share) }) : say("analysing");
    };
    tellVerdict(await ended(await sendPhoto({ visit, file: taken.blob, view: "frontal", key: taken.key, onProgress })));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    trouble(error.message || say("offline"));
    show("judge");
  }
  part("use").disabled = false;
}

function tellVerdict(photo) {
  const found = judged(photo);
  const badge = element("span", { className: `badge badge--${found.tone}`, textContent: say(found.name) });
  part("verdict-says").replaceChildren(badge);
  showReasons(part("verdict-reasons"), found.reasons);
  trouble("");
  part("next-photo").hidden = false;
  part("next-photo").focus();
}

function showNewVisit() {
  part("new-visit").hidden = part("visit").value !== "";
}

async function theVisit() {
  if (part("visit").value) return part("visit").value;
  madeVisit.asked ??= { taken_at: new Date().toISOString(), phase: part("phase").value };
  const headers = { "Idempotency-Key": madeVisit.key };
  const made = await call("POST", `/v1/subjects/${root.dataset.subject}/visits`, madeVisit.asked, { headers });
  const option = new Option(part("phase").selectedOptions[0].text, made.id, true, true);
  part("visit").prepend(option);
  showNewVisit();
  return made.id;
}
