import { useSignal } from "../../vendor/preact.js";
import { get } from "../../lib/api.js";
import { useLoad } from "../../lib/load.js";
import { attempt } from "./parts.js";

/** A list of the API that grows page by page: {list, error, reload, more}, more being undefined when all is there. */
export function usePages(path, about = []) {
  const first = useLoad(() => get(path, { cached: false }), [path, ...about]), later = useSignal({ list: [], of: null }), top = first.value.value;
  const rest = later.value.of === top ? later.value : { list: [], next: top?.next }; // those of an older answer are dropped
  const more = () => attempt(async () => {
    const page = await get(rest.next, { cached: false });
    if (first.value.value === top) later.value = { of: top, list: [...rest.list, ...page.body], next: page.next };
  });
  return { list: top && [...top.body, ...rest.list], error: first.error.value, reload: first.reload, more: rest.next ? more : undefined };
}
