// The page's Content-Security-Policy: one text, written into the page and sent by its server.

/** What the page may load and call; `origin`: where else than at home it synchronises. */
export function policyText(origin = process.env.MEDLOT_SYNC_ORIGIN) {
  const elsewhere = origin ? ` ${checked(origin)}` : "";
  return [
    "default-src 'none'",
    // Modules of WebAssembly are compiled; nothing inline, nothing from elsewhere.
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self' blob:",
    "worker-src 'self'",
    "manifest-src 'self'",
    `connect-src 'self'${elsewhere}`,
    "form-action 'none'",
    "base-uri 'none'",
  ].join("; ");
}

/** An origin and nothing else: a space or a semicolon would be another rule. */
function checked(origin) {
  const url = new URL(origin);
  if (!/^https?:$/.test(url.protocol) || url.origin !== origin) {
    throw new Error(`MEDLOT_SYNC_ORIGIN: ${origin} is no origin such as https://stock.example.org`);
  }
  return origin;
}

/** Writes the policy into the page, so that it holds on any server, and tells the page where it synchronises. */
export const policy = () => ({
  name: "medlot-policy",
  config: () => ({ define: { __SYNC_ORIGIN__: JSON.stringify(process.env.MEDLOT_SYNC_ORIGIN ?? "") } }),
  transformIndexHtml: {
    order: "post",
    handler: (html) =>
      html.replace('<meta charset="utf-8" />', `$&\n    <meta http-equiv="Content-Security-Policy" content="${policyText()}" />`),
  },
});
