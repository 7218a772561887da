// Keeps the app's shell, so that it starts without a network: its page and the files of this version. What is written above it,
// by web/worker.go: shell = {base, files}. The API, the token endpoint and the pages for signing in never pass through here.
const name = `shell-${shell.base}`, page = "/app/", patience = 5000; // ms that a page of a weak network may take

self.addEventListener("install", (e) => e.waitUntil(caches.open(name).then((cache) => cache.addAll([page, ...shell.files].map((path) => new Request(path, { cache: "no-cache" }))))));

// No skipWaiting: tabs of the version before still load their files from its cache.
self.addEventListener("activate", (e) => e.waitUntil((async () => {
  for (const old of await caches.keys()) if (old !== name && old.startsWith("shell-")) await caches.delete(old);
  await self.clients.claim();
})()));

self.addEventListener("fetch", (e) => {
  const { request } = e, { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (pathname.startsWith(shell.base + "/")) e.respondWith(keptOr(request, () => fetch(request)));
  else if (request.mode === "navigate" && pathname.startsWith(page) && pathname !== "/app/callback") e.respondWith(newest(request));
});

const keptOr = async (request, otherwise) => (await caches.match(request, { ignoreVary: true })) ?? otherwise();

/** The page of the network, which may be of a newer version; without one, or when it takes too long, the one that is kept. */
async function newest(request) {
  const fresh = fetch(request), late = new Promise((_, no) => { setTimeout(no, patience); });
  try { return await Promise.race([fresh, late]); } catch { return keptOr(page, () => fresh); }
}
