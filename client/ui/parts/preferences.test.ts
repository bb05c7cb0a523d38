import { expect, it } from "vitest";
import { readPreferences } from "./preferences.ts";

it("takes the language from the address before what was chosen here, and that before the browser's", () => {
  expect(readPreferences("?lang=he", "en dark", "en-GB").language).toBe("he");
  expect(readPreferences("", "he dark", "en-GB")).toEqual({ language: "he", theme: "dark" });
  expect(readPreferences("", null, "he-IL")).toEqual({ language: "he", theme: "system" });
});

it("reads nonsense as nothing", () => {
  expect(readPreferences("?lang=xx&theme=pink", "?? ??", "fr")).toEqual({ language: "en", theme: "system" });
});
