import { html, useSignal } from "../../vendor/preact.js";
import { query } from "../../lib/api.js";
import { t } from "../../lib/i18n.js";
import { forFiles, request } from "../../lib/session.js";
import { explain, Icon, say } from "../../lib/ui.js";

const formats = ["csv", "xlsx", "pdf", "json", "ics"];

/** The name that the server gave the file (RFC 6266). */
function nameOf(response, format) {
  const given = response.headers.get("Content-Disposition") ?? "";
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(given), plain = /filename="([^"]+)"/.exec(given);
  return encoded ? decodeURIComponent(encoded[1]) : plain ? plain[1] : `timesheets.${format}`;
}

/** The entries of the report as a file. */
export function Download({ filters }) {
  const busy = useSignal(null);
  const download = async (format) => {
    busy.value = format;
    try {
      const response = await request(query("/timesheets/export", { ...filters, format, bom: format === "csv" ? "true" : undefined }), { within: forFiles });
      if (response.status === 429) throw new Error(t("reports.too-many", { n: Number(response.headers.get("Retry-After")) || 1 }));
      if (!response.ok) throw new Error((await response.json().catch(() => ({}))).detail ?? t("reports.no-file"));
      const address = URL.createObjectURL(await response.blob());
      Object.assign(document.createElement("a"), { href: address, download: nameOf(response, format) }).click();
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
    } catch (e) { say(explain(e), { seconds: 10 }); } finally { busy.value = null; }
  };
  return html`<section class="card pad"><h2>${t("reports.export")}</h2><p class="fine">${t("reports.export-hint")}</p><div class="acts">${formats.map((f) => html`<button key=${f} class="btn" disabled=${busy.value !== null} onClick=${() => download(f)}>
    <${Icon} name="save" />${busy.value === f ? t("reports.making") : t("reports.format." + f)}</button>`)}</div></section>`;
}
