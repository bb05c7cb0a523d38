import express, { Router } from "express";

const screens = ["/", "/manager", "/customer"];

/** The built screens: one page at three addresses, never kept, and its hashed assets, kept for good. */
export function pages(uiDir: string | null): Router {
  const router = Router();
  if (uiDir === null) {
    router.get(screens, (_request, response) => {
      response.status(503).type("text/plain").send("This till runs without screens: none were built.\n");
    });
    return router;
  }
  router.get(screens, (_request, response, next) => {
    response.sendFile("index.html", { root: uiDir, cacheControl: false, lastModified: false }, (error) => {
      if (error && !response.headersSent) next(error);
    });
  });
  router.use(
    "/assets",
    express.static(`${uiDir}/assets`, {
      index: false,
      redirect: false,
      cacheControl: false,
      setHeaders: (response) => response.setHeader("Cache-Control", "public, max-age=31536000, immutable"),
    }),
  );
  router.use(express.static(uiDir, { index: false, redirect: false, cacheControl: false }));
  return router;
}
