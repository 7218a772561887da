import * as reads from "./reads.js";
import { request, unanswered, whose } from "./session.js";

/** What the API refused (RFC 9457). kind is the last part of its type: "day-limit-exceeded". errors: [{pointer, detail}]. */
export class Problem extends Error {
  constructor(status, body, headers) {
    super(body.detail ?? body.message ?? body.title ?? `HTTP ${status}`);
    this.status = status;
    this.kind = (body.type ?? "").split("/").pop();
    this.errors = body.errors ?? [];
    this.body = body;
    this.headers = headers;
  }
}

/** Throws a Problem for what isn't 2xx or 304. Gives {status, etag, total, next, body}; next is the path of the next page. */
export async function call(method, path, { body, headers = {}, ...rest } = {}) {
  const json = body !== undefined && !(body instanceof Blob);
  const response = await request(path, {
    method, ...rest, body: json ? JSON.stringify(body) : body, headers: { ...(json && { "Content-Type": "application/json" }), ...headers },
  });
  const type = response.headers.get("Content-Type") ?? "", holds = response.status !== 204 && response.status !== 304;
  const read = !holds ? undefined : type.includes("json") ? await response.json() : await response.blob();
  if (!response.ok && response.status !== 304) throw new Problem(response.status, read instanceof Blob ? {} : (read ?? {}), response.headers);
  const next = /<([^>]+)>;\s*rel="?next"?/.exec(response.headers.get("Link") ?? "");
  return {
    status: response.status, etag: response.headers.get("ETag"), body: read, headers: response.headers,
    total: Number(response.headers.get("Total-Count") ?? NaN), next: next && next[1],
  };
}

/** Without an answer it gives what was answered before, with the instant as before; unless cached is false. */
export async function get(path, { cached = true, ...options } = {}) {
  if (!cached || !reads.keeps(path)) return call("GET", path, options);
  try {
    const answer = await call("GET", path, options);
    reads.keep(await whose(), path, answer);
    return answer;
  } catch (e) {
    const known = unanswered(e) && await reads.before(await whose(), path);
    if (known) return known;
    throw e;
  }
}
export const post = (path, body, options) => call("POST", path, { body, ...options });
export const put = (path, body, options) => call("PUT", path, { body, ...options });
export const patch = (path, body, options) => call("PATCH", path, { body, ...options });
export const del = (path, options) => call("DELETE", path, options);

/** Every element of a list, page after page, most elements at most. */
export async function all(path, { most = 1000, ...options } = {}) {
  const found = [];
  for (let next = path; next && found.length < most;) {
    const page = await get(next, options);
    found.push(...(Array.isArray(page.body) ? page.body : page.body.items ?? page.body.data));
    next = page.next;
  }
  return found;
}

/** A path with its parameters: query("/timesheets", {from: "2026-11-16", project_id: undefined}). Lists give one parameter each. */
export function query(path, parameters) {
  const all = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of [value].flat()) if (one !== undefined && one !== null && one !== "") all.append(name, one);
  }
  return all.size ? `${path}?${all}` : path;
}
