import { useEffect, useState } from "../../vendor/preact.js";
import { all } from "../../lib/api.js";

/** The names of projects by their ids, which may be those from before. */
export function useNames() {
  const [names, set] = useState(new Map());
  useEffect(() => {
    let here = true;
    all("/projects?limit=200", { most: 2000 }).then((list) => { if (here) set(new Map(list.map((p) => [p.id, p.name]))); }, () => {});
    return () => { here = false; };
  }, []);
  return names;
}
