import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { Refused } from "./command.ts";

interface Question {
  readonly text: string;
  /** What Enter alone answers. */
  readonly preset?: string;
  /** What is wrong with an answer, in words that follow "Not that:"; undefined when it will do. */
  readonly problem?: (answer: string) => string | undefined;
}

/** Questions to the person at the terminal, each asked again until its answer will do; answers are trimmed. */
export interface Asking {
  ask(question: Question): Promise<string>;
  say(text: string): void;
  close(): void;
}

/** Throws `Refused` when the person breaks it off. */
export function askAtTerminal(): Asking {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  return {
    async ask({ text, preset, problem }) {
      const prompt = preset ? `${text} [${preset}]: ` : `${text}: `;
      for (;;) {
        const answer = (await lines.question(prompt).catch(brokenOff)).trim() || (preset ?? "");
        const wrong = answer === "" && preset === undefined ? "an answer is needed" : problem?.(answer);
        if (wrong === undefined) return answer;
        console.error(`  Not that: ${wrong}.`);
      }
    },
    say: (text) => console.error(text),
    close: () => lines.close(),
  };
}

/** One line without an echo. */
export async function askHidden(question: string): Promise<string> {
  const mute = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: mute, terminal: true });
  // Only now, with the echo off: what is typed early must not be seen either.
  process.stderr.write(question);
  try {
    return await lines.question("").catch(brokenOff);
  } finally {
    lines.close();
    process.stderr.write("\n");
  }
}

function brokenOff(): never {
  throw new Refused("\nBroken off. Nothing was done.");
}
