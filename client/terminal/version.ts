import manifest from "../../package.json" with { type: "json" };

/** Of the application. */
export const version: string = manifest.version;

/** When this version was made; no honest clock is before it. */
export const builtMs = Date.UTC(2026, 10, 1);
