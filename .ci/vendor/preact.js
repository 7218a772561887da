// What the app uses of Preact, its signals and htm: one module, since all of them must share one Preact.
import { h } from "preact";
import htm from "htm";

export { render, Fragment } from "preact";
export { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
export { batch, computed, effect, signal, untracked, useComputed, useSignal, useSignalEffect } from "@preact/signals";
export const html = htm.bind(h);
