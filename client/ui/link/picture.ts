import type { ToScreen } from "#schema/wire/screen.ts";
import type { CustomerView, ScreenView } from "#schema/wire/views.ts";
import { share } from "./share.ts";

/** What a screen knows: the till's picture, and how the socket to it stands. */
export interface Picture {
  readonly connection: { readonly state: "connecting" | "open" | "lost"; readonly sinceMs: number };
  /** Null until the first whole view has come. Kept while the connection is lost. */
  readonly view: ScreenView | null;
  readonly customer: CustomerView | null;
  /** The last signal, counted so that two alike in a row are two. */
  readonly signal: { readonly kind: "accepted" | "rejected" | "attention"; readonly count: number } | null;
  /** The work over a second that is under way, by command id. */
  readonly progress: { readonly id: number; readonly done: number; readonly what: string } | null;
}

export const emptyPicture: Picture = {
  connection: { state: "connecting", sinceMs: 0 },
  view: null,
  customer: null,
  signal: null,
  progress: null,
};

/** The picture after one message of the till. What did not change keeps its identity. */
export function applyMessage(picture: Picture, message: ToScreen): Picture {
  switch (message.type) {
    case "view": {
      const before = picture.view;
      const next = { ...before } as Record<string, unknown>;
      for (const [key, value] of Object.entries(message.view)) next[key] = share(next[key], value);
      return { ...picture, view: next as unknown as ScreenView };
    }
    case "customer":
      return { ...picture, customer: share(picture.customer, message.view) };
    case "signal":
      return { ...picture, signal: { kind: message.signal, count: (picture.signal?.count ?? 0) + 1 } };
    case "progress":
      return { ...picture, progress: { id: message.id, done: message.done, what: message.what } };
    case "reply":
      return picture.progress?.id === message.id ? { ...picture, progress: null } : picture;
    case "hello":
      return picture;
  }
}
