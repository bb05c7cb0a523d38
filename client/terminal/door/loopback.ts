import type { IncomingHttpHeaders } from "node:http";

/** Why a request may not come in; null when it may. The words go to whoever asked. */
export type Verdict = { readonly header: string; readonly problem: string } | null;

const names = ["127.0.0.1", "localhost", "[::1]"];

/**
 * Judges who is asking by `Host` (against DNS rebinding), `Origin` (against other pages' scripts and sockets), and
 * what a browser says of the request's place (against other pages' forms, images and frames). A program that is not a
 * browser sends neither `Origin` nor `Sec-Fetch-Site` and passes.
 */
export function judgeCaller(headers: IncomingHttpHeaders, port: number): Verdict {
  const hosts = names.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]));
  const host = headers.host;
  if (host === undefined || !hosts.includes(host.toLowerCase())) {
    return { header: "Host", problem: `must be ${hosts.join(" or ")}: a till answers its own machine only` };
  }
  const origin = headers.origin;
  if (origin !== undefined && !hosts.includes(origin.toLowerCase().replace(/^http:\/\//, ""))) {
    return { header: "Origin", problem: "belongs to another site: only the till's own pages may ask here" };
  }
  if (origin !== undefined && !origin.toLowerCase().startsWith("http://")) {
    return { header: "Origin", problem: "must be an http address of this till" };
  }
  const site = headers["sec-fetch-site"];
  const foreign = site === "cross-site" || site === "same-site";
  if (foreign && headers["sec-fetch-mode"] !== "navigate") {
    return {
      header: "Sec-Fetch-Site",
      problem: "says that another site asks: only the till's own pages may",
    };
  }
  return null;
}
