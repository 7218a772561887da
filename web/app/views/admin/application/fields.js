import { html } from "../../../vendor/preact.js";
import { t } from "../../../lib/i18n.js";
import { Lines } from "../bits.js";
import { originMistake, redirectMistake } from "./mistake.js";

/** The scopes that speak of the person rather than of an API. */
export const identity = () => ["openid", "profile", "email", "offline_access"].map((value) => ({ value, description: t(`scopes.${value}.title`) }));

/** Where an application may send people, and where its scripts may call from: of = {callbacks, logouts, origins}, one per line. */
export const Addresses = ({ type, of, change, wrong }) => html`
  <${Lines} id="callbacks" label=${t("apps.callbacks")} hint=${t("apps.callbacks-hint." + type)} value=${of.callbacks} onInput=${(v) => change({ callbacks: v })}
    mistake=${(uri) => redirectMistake(type, uri)} wrong=${wrong.callbacks} />
  <${Lines} id="logouts" label=${t("apps.logouts")} hint=${t("apps.logouts-hint")} value=${of.logouts} onInput=${(v) => change({ logouts: v })} rows=${2}
    mistake=${(uri) => redirectMistake(type, uri)} wrong=${wrong.allowed_logout_urls} />
  ${type === "spa" && html`<${Lines} id="origins" label=${t("apps.origins")} hint=${t("apps.origins-hint")} value=${of.origins} onInput=${(v) => change({ origins: v })} rows=${2}
    mistake=${originMistake} wrong=${wrong.web_origins} />`}`;
