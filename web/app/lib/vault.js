/** What the app keeps in this browser: an IndexedDB with the store "session" (key, tokens) and the store "outbox" (writes that wait). */
const opened = new Promise((ok, no) => {
  const asked = indexedDB.open("punchcard", 1);
  asked.onupgradeneeded = () => {
    asked.result.createObjectStore("session");
    asked.result.createObjectStore("outbox", { keyPath: "seq", autoIncrement: true });
  };
  asked.onsuccess = () => ok(asked.result);
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

export const get = (key) => run("session", "readonly", (s) => s.get(key));
export const set = (key, value) => run("session", "readwrite", (s) => s.put(value, key));
export const remove = (key) => run("session", "readwrite", (s) => s.delete(key));
export const forgetWork = () => run("outbox", "readwrite", (s) => s.clear());
export const clear = async () => { await forgetWork(); await run("session", "readwrite", (s) => s.clear()); };
