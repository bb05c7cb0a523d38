export type Language = "en" | "he";

export const languages = {
  en: { name: "English", direction: "ltr" },
  he: { name: "עברית", direction: "rtl" },
} as const satisfies Record<Language, { readonly name: string; readonly direction: "ltr" | "rtl" }>;
