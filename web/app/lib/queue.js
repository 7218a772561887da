import * as vault from "./vault.js";

/**
 * The writes that wait, as they lie in the browser's database:
 * {seq, key, owner, method, path, body, etag, about, at, tried} and, once it was refused, {problem, theirs}.
 */
const both = ["outbox", "revisions"];

/** What a path is about: a submission of an entry makes a new revision of the entry. */
export const subject = (path) => path.split("?")[0].replace(/\/(submission|approval|restoration|reopening|reopening-request)$/, "");
export const isEntry = (path) => /^\/timesheets\/[0-9a-f-]{36}$/.test(path);

export const read = (owner) => vault.run("outbox", "readonly", (s) => s.getAll()).then((all) => all.filter((w) => w.owner === owner));
const within = async (store, owner) => (await vault.result(store("outbox").getAll())).filter((w) => w.owner === owner);

/** Puts a write at the end, or into one for the same entry that was never sent. Gives its number. */
export const add = (write) => vault.transact(both, async (store) => {
  const all = await within(store, write.owner), box = store("outbox");
  const whole = superseded(all, write), same = whole && mergeable(all, whole);
  for (const w of all) if (w.problem && w.path === write.path && replaces(whole, w)) box.delete(w.seq);
  if (!same) return vault.result(box.add(whole));
  box.put({ ...same, body: merged(same, whole.body), about: { ...same.about, ...whole.about } });
  return same.seq;
});

/** What was refused is done with once the person wrote anew, unless that doesn't know yet what others made of it. */
const replaces = (write, refused) => write.method !== "PATCH" || refused.problem.status !== 412 || (write.etag && write.etag !== refused.etag);

/** A change of what was never made is a new try to make it; one of what was refused has both changes in it. */
function superseded(all, write) {
  const refused = all.findLast((w) => w.problem && w.path === write.path);
  if (write.method !== "PATCH" || !refused || !replaces(write, refused) || refused.method === "DELETE" || refused.problem.status === 412) return write;
  return { ...write, method: refused.method, etag: refused.method === "PUT" ? refused.etag : write.etag ?? refused.etag, body: merged(refused, write.body) };
}

function mergeable(all, write) {
  const i = all.findLastIndex((w) => !w.problem && w.path === write.path), into = all[i];
  if (write.method !== "PATCH" || !into || into.tried || !["PUT", "PATCH"].includes(into.method) || !isEntry(write.path)) return undefined;
  const clock = into.method === "PUT" && (into.body.start || write.body.start); // minutes follow it: only the server says how
  return !clock && all.slice(i + 1).every((w) => isEntry(w.path)) ? into : undefined;
}

const merged = ({ method, body }, more) => Object.fromEntries(Object.entries({ ...body, ...more }).filter(([, value]) => method === "PATCH" || value !== null));

/** The first that waits, marked as tried: whether it arrived is open until it is answered. */
export const take = (owner) => vault.transact(both, async (store) => {
  const next = (await within(store, owner)).find((w) => !w.problem);
  if (next && !next.tried) store("outbox").put({ ...next, tried: true });
  return next;
});
export const untried = (write) => vault.transact(both, async (store) => { if (!write.tried) store("outbox").put({ ...write, tried: false }); });

/** The ETag to send: the newest revision that this app itself made of what the write has seen. */
export async function newest({ path, etag, method }) {
  const made = await vault.run("revisions", "readonly", (s) => s.get(subject(path)));
  if (!etag) return method === "PATCH" || method === "DELETE" ? made?.to : undefined;
  return made?.from.includes(etag) ? made.to : etag;
}

/** It is answered: it waits no more, and what was refused before for the same path is overtaken. sent is the ETag it went with. */
export const settle = (write, answer, sent) => vault.transact(both, async (store) => {
  const box = store("outbox"), key = subject(write.path);
  box.delete(write.seq);
  for (const w of await within(store, write.owner)) if (w.problem && w.path === write.path && w.seq < write.seq) box.delete(w.seq);
  if (!answer.etag) return;
  const before = await vault.result(store("revisions").get(key));
  const from = [...(before && before.to === sent ? before.from : []), sent, write.etag].filter((tag, i, tags) => tag && tags.indexOf(tag) === i).slice(-50);
  store("revisions").put({ from, to: answer.etag, at: Date.now() }, key);
});

/** It is refused and kept for the person to decide. Two changes that met the same newer revision are one question. */
export const refuse = (write, problem, theirs) => vault.transact(both, async (store) => {
  const box = store("outbox"), now = await vault.result(box.get(write.seq));
  if (!now) return;
  const same = (await within(store, write.owner)).find((w) => w.problem?.status === 412 && problem.status === 412 && w.path === write.path && w.method === "PATCH" && write.method === "PATCH");
  if (same) box.delete(write.seq);
  box.put({ ...now, ...(same && { ...same, body: merged(same, now.body) }), problem, theirs });
});

export const replace = (...writes) => vault.transact(both, async (store) => { for (const w of writes) store("outbox").put(w); });
export const drop = (seq) => vault.transact(both, async (store) => { store("outbox").delete(seq); });

/** What was made of ETags is forgotten after a month, and what others of this browser left unsent after three. */
export const tidy = (owner) => vault.transact(both, async (store) => {
  const revisions = store("revisions"), keys = await vault.result(revisions.getAllKeys()), made = await vault.result(revisions.getAll());
  made.forEach(({ at }, i) => { if (at < Date.now() - 30 * 864e5) revisions.delete(keys[i]); });
  for (const w of await vault.result(store("outbox").getAll())) if (w.owner !== owner && w.at < Date.now() - 90 * 864e5) store("outbox").delete(w.seq);
});
