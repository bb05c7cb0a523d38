import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** One bundle for the three screens; nothing inline and nothing remote, so that `default-src 'self'` holds. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2023",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
