/** Has the shell kept by the service worker. Its address is the only one that a script may be loaded from by name. */
export async function keepShell() {
  const policy = globalThis.trustedTypes?.createPolicy("worker", { createScriptURL: (url) => { if (url !== "/sw.js") throw new TypeError(url); return url; } });
  try { await navigator.serviceWorker?.register(policy ? policy.createScriptURL("/sw.js") : "/sw.js", { scope: "/app/", updateViaCache: "none" }); } catch (e) { console.warn(e); }
}
