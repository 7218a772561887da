/**
 * What the app keeps in this browser: an IndexedDB with the stores "session" (key, tokens), "outbox" (writes that wait),
 * "revisions" (what those made of ETags) and "reads" (answers for when there is no network).
 */
const stores = { session: {}, outbox: { keyPath: "seq", autoIncrement: true }, revisions: {}, reads: {} };

const opened = new Promise((ok, no) => {
  const asked = indexedDB.open("punchcard", 2);
  asked.onupgradeneeded = () => {
    for (const [name, options] of Object.entries(stores)) if (!asked.result.objectStoreNames.contains(name)) asked.result.createObjectStore(name, options);
  };
  asked.onsuccess = () => {
    asked.result.onversionchange = () => asked.result.close(); // a newer app in another tab waits for it
    ok(asked.result);
  };
  asked.onerror = () => no(asked.error);
});

/** Runs one request in a transaction of its own and gives its result once it is durable. */
export async function run(store, mode, ask) {
  const tx = (await opened).transaction(store, mode), asked = ask(tx.objectStore(store));
  return new Promise((ok, no) => {
    tx.oncomplete = () => ok(asked.result);
    tx.onerror = tx.onabort = () => no(tx.error);
  });
}

/** Several requests, all of them or none, on the disk when it returns. steps(store) may wait for its requests and nothing else. */
export async function transact(names, steps) {
  const tx = (await opened).transaction(names, "readwrite", { durability: "strict" });
  const done = new Promise((ok, no) => { tx.oncomplete = ok; tx.onerror = tx.onabort = () => no(tx.error); });
  const made = steps((name) => tx.objectStore(name)).catch((e) => { tx.abort(); throw e; });
  return (await Promise.all([made, done]))[0];
}
export const result = (request) => new Promise((ok, no) => { request.onsuccess = () => ok(request.result); request.onerror = () => no(request.error); });

export const get = (key) => run("session", "readonly", (s) => s.get(key));
export const set = (key, value) => run("session", "readwrite", (s) => s.put(value, key));
export const remove = (key) => run("session", "readwrite", (s) => s.delete(key));

/** Makes room for another person. The key is the browser's; what waits to be sent stays, since only its owner's session finds it. */
export const handOver = () => transact(["session", "reads"], async (store) => {
  const key = await result(store("session").get("key"));
  for (const name of ["session", "reads"]) store(name).clear();
  if (key) store("session").put(key, "key");
});

/** Forgets a person who signs out, with what they didn't send. */
export const clear = (owner) => transact(Object.keys(stores), async (store) => {
  for (const { seq, owner: whose } of await result(store("outbox").getAll())) if (whose === owner) store("outbox").delete(seq);
  for (const name of ["session", "revisions", "reads"]) store(name).clear();
});
