/** Asks once a second what to change, with a small picture of what the camera sees. */

import { pageHeaders } from "./calls.js";

const LONG_SIDE_PX = 480;
const EVERY_MS = 900;
const AFTER_TROUBLE_MS = 5000;

/** A loop that goes on while it is wanted; each question waits for the answer to the one before. */
export class HintLoop {
  #video;
  #address;
  #show;
  #timer = 0;
  #turn = 0;
  #canvas = document.createElement("canvas");

  constructor({ video, address, show }) {
    this.#video = video;
    this.#address = address;
    this.#show = show;
  }

  start() {
    this.stop();
    this.#look(this.#turn);
  }

  stop() {
    this.#turn += 1;
    clearTimeout(this.#timer);
  }

  async #look(turn) {
    let pause = EVERY_MS;
    try {
      const found = await this.#ask();
      if (turn === this.#turn && found) this.#show(found);
    } catch {
      pause = AFTER_TROUBLE_MS; // hints are a help: without a connection the camera goes on
    }
    if (turn === this.#turn) this.#timer = setTimeout(() => this.#look(turn), pause);
  }

  async #ask() {
    const headers = { ...pageHeaders(), "Content-Type": "image/jpeg" };
    const response = await fetch(this.#address, { method: "POST", headers, body: await this.#preview() });
    if (!response.ok) throw new Error(String(response.status));
    return response.json();
  }

  #preview() {
    const { videoWidth, videoHeight } = this.#video;
    const scale = Math.min(1, LONG_SIDE_PX / Math.max(videoWidth, videoHeight));
    this.#canvas.width = Math.round(videoWidth * scale);
    this.#canvas.height = Math.round(videoHeight * scale);
    this.#canvas.getContext("2d").drawImage(this.#video, 0, 0, this.#canvas.width, this.#canvas.height);
    return new Promise((resolve) => this.#canvas.toBlob(resolve, "image/jpeg", 0.8));
  }
}
