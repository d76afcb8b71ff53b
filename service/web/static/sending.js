/** Sending a photo into a visit, so that a second attempt doubles nothing, and reading what became of it. */

import { Refused, call, pageHeaders } from "./calls.js";

const WAIT_S = 30;
const LOOK_MS = 3000;
const LOOKS = 40;

/** A name of a request's own, for as long as the page lives. */
export function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Send a photo; `onProgress` hears the share that was sent. What the service answered, its analysis too if it ended. */
export function sendPhoto({ visit, file, view, key, onProgress }) {
  const form = new FormData();
  form.append("view", view);
  form.append("file", file, "photo");
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/v1/visits/${visit}/photos?wait=${WAIT_S}`);
    request.responseType = "json";
    for (const [name, value] of Object.entries(pageHeaders())) request.setRequestHeader(name, value);
    request.setRequestHeader("Idempotency-Key", key);
    request.upload.addEventListener("progress", (event) => event.lengthComputable && onProgress(event.loaded / event.total));
    request.upload.addEventListener("load", () => onProgress(1));
    request.addEventListener("error", () => reject(new Refused(0, "offline", "")));
    request.addEventListener("load", () => (request.status < 300 ? resolve(request.response) : reject(refusal(request))));
    request.send(form);
  });
}

/** The photo once its analysis has ended, or as it is after two minutes. */
export async function ended(photo) {
  let seen = photo;
  for (let look = 0; seen.status === "queued" && look < LOOKS; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    seen = await call("GET", `/v1/photos/${photo.id}`, undefined, { quiet: true }).catch(() => seen);
  }
  return seen;
}

/** What is said of a photo: the name of its verdict, the look of its badge, and the reasons to take it again. */
export function judged(photo) {
  if (photo.status === "queued") return { name: "queued", tone: "waiting", reasons: [] };
  if (photo.status === "failed") return { name: "failed", tone: "stop", reasons: [photo.failure] };
  if (photo.status === "refused") return { name: "refused", tone: "stop", reasons: [photo.refused.says] };
  const reasons = photo.quality.flags.filter((flag) => flag.stops.length).map((flag) => flag.says);
  return photo.quality.verdict === "usable"
    ? { name: "usable", tone: "good", reasons: [] }
    : { name: "retake", tone: "caution", reasons };
}

/** Fill a list with reasons. */
export function showReasons(list, reasons) {
  list.replaceChildren(
    ...reasons.map((reason) => {
      const item = document.createElement("li");
      item.className = "flag flag--difference";
      item.textContent = reason;
      return item;
    }),
  );
}

function refusal({ status, response }) {
  return new Refused(status, response?.code ?? "", response ? `${response.title}. ${response.detail}` : String(status));
}
