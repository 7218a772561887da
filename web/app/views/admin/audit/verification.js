import { html, useSignal } from "../../../vendor/preact.js";
import { get } from "../../../lib/api.js";
import { day, t } from "../../../lib/i18n.js";
import { forFiles } from "../../../lib/session.js";
import { Icon } from "../../../lib/ui.js";
import { Copyable } from "../bits.js";
import { Form } from "../parts.js";

/** Whether every record is as it was written and none is missing. */
export function Verification() {
  const found = useSignal(null);
  const act = async () => { found.value = null; found.value = { ...(await get("/audit/verification", { cached: false, within: forFiles })).body, at: new Date().toISOString() }; };
  return html`<section class="card pad verification"><h2>${t("audit.chain")}</h2><p class="fine">${t("audit.chain-hint")}</p>
    <div role="status">${found.value && (found.value.ok ? html`<${Whole} of=${found.value} />` : html`<${Broken} at=${found.value.broken} />`)}</div>
    <${Form} act=${act} button=${t(found.value ? "audit.verify-again" : "audit.verify")} /></section>`;
}

const Whole = ({ of }) => html`<p class="alert ok"><${Icon} name="check" /><span>${t("audit.intact", { n: of.records, chains: of.chains, at: day(of.at, { timeStyle: "medium" }) })}</span></p>
  <dl class="facts"><dt>${t("audit.digest")}</dt><dd><${Copyable} value=${of.digest} name=${t("audit.digest")} /><span class="fine">${t("audit.digest-hint")}</span></dd></dl>`;

const Broken = ({ at }) => html`<p class="alert"><${Icon} name="alert" /><span>${t("audit.broken", { chain: at.chain, number: at.number })} <bdi>${at.why}</bdi><br />${t("audit.broken-hint")}</span></p>`;
