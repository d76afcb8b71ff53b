/** Calls of the API from a page, as the person who is signed in. */

const problemPlace = document.querySelector("[data-problem]");

/** What a call was refused with: `status`, the stable `code`, and `message`, a sentence for the person. */
export class Refused extends Error {
  constructor(status, code, sentence) {
    super(sentence);
    this.status = status;
    this.code = code;
  }
}

/** Show a sentence at the head of the page, where it is also read out; nothing hides it. */
export function tell(sentence) {
  if (!problemPlace) return;
  problemPlace.textContent = sentence ?? "";
  problemPlace.hidden = !sentence;
}

/**
 * Call the API: what it answered, parsed where it is JSON, null where it is empty.
 *
 * A `body` that is FormData is sent as it is, anything else as JSON. Where the call is refused, the page says so and a
 * `Refused` is thrown; with `{ quiet: true }` it is thrown alone. Further `options` go to `fetch`.
 */
export async function call(method, path, body, { quiet = false, headers = {}, ...options } = {}) {
  try {
    const answer = await answered(method, path, body, headers, options);
    if (!quiet) tell(null);
    return answer;
  } catch (error) {
    if (!quiet && error instanceof Refused) tell(error.message);
    throw error;
  }
}

/** What every call of this page must carry where somebody is signed in; for calls that are not made by `call`. */
export function pageHeaders() {
  const token = document.querySelector("meta[name=csrf]")?.content;
  return token ? { "X-Liftmark-CSRF": token } : {};
}

async function answered(method, path, body, headers, options) {
  const isForm = body instanceof FormData;
  const sent = {
    ...options,
    method,
    headers: { ...pageHeaders(), ...(body === undefined || isForm ? {} : { "Content-Type": "application/json" }), ...headers },
    ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
  };
  const response = await fetch(path, sent).catch((error) => {
    if (error.name === "AbortError") throw error;
    throw new Refused(0, "offline", problemPlace?.dataset.offline ?? error.message);
  });
  if (!response.ok) throw await refusalOf(response);
  return response.status !== 204 && isJson(response) ? response.json() : null; // 204 is empty whatever its type says
}

async function refusalOf(response) {
  if (response.status === 401) return new Refused(401, "unauthenticated", problemPlace?.dataset.signedOut);
  const problem = isJson(response) ? await response.json() : {};
  return new Refused(response.status, problem.code ?? "", `${problem.title ?? response.status}. ${problem.detail ?? ""}`);
}

function isJson(response) {
  return (response.headers.get("Content-Type") ?? "").includes("json");
}
