import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

/** Questions to the person at the terminal; the answers are trimmed. */
export interface Asking {
  ask(question: string, preset?: string): Promise<string>;
  close(): void;
}

export function askAtTerminal(): Asking {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  return {
    async ask(question, preset) {
      const answer = (
        await lines.question(`${question}${preset === undefined ? "" : ` [${preset}]`}: `)
      ).trim();
      return answer === "" && preset !== undefined ? preset : answer;
    },
    close: () => lines.close(),
  };
}

/** One line without an echo. */
export async function askHidden(question: string): Promise<string> {
  process.stderr.write(question);
  const mute = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: mute, terminal: true });
  try {
    return await lines.question("");
  } finally {
    lines.close();
    process.stderr.write("\n");
  }
}
