import { t } from "../../../lib/i18n.js";

/**
 * Why an address can't be registered for a type of application, in words; empty if it can. The server judges by the same
 * rules (auth/client.go); this says it while one types.
 */
export function redirectMistake(type, uri) {
  const key = general(uri) || (/^https?:/i.test(uri) ? web(type, uri) : own(type, uri));
  return key && t("apps.uri." + key);
}

function general(uri) {
  if (/[^!-~]|\\/.test(uri) || /%(?![0-9a-f]{2})/i.test(uri)) return "ascii";
  if (!/^[a-z][a-z0-9+.-]*:/i.test(uri)) return "absolute";
  if (uri.includes("#")) return "fragment";
  if (/^[^:]+:\/\/[^/?]*@/.test(uri)) return "user";
  if (uri.includes("*")) return "wildcard";
  const parameters = new URLSearchParams(uri.split("?").slice(1).join("?"));
  return ["code", "state", "iss", "error"].some((name) => parameters.has(name)) ? "parameter" : "";
}

function web(type, uri) {
  const host = /^https?:\/\/(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:\d*)?([/?]|$)/i.exec(uri)?.[1];
  if (!host || host.endsWith(".")) return "host";
  if (/^https:/i.test(uri) || host === "127.0.0.1" || host === "[::1]") return "";
  if (host === "localhost") return type === "native" ? "localhost" : "";
  return "https";
}

const own = (type, uri) => (type !== "native" ? "scheme" : /^[^:]*\./.test(uri) ? "" : "dot");

/** Likewise of the origin of a page whose scripts call this server. */
export const originMistake = (origin) => (/^https?:\/\/(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:\d+)?$/.test(origin) ? "" : t("apps.uri.origin"));
