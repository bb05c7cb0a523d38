import type { Measurement } from "../harness/bench.ts";
import { runChild } from "../harness/processes.ts";
import { row } from "../harness/row.ts";
import { median, percentile } from "../harness/statistics.ts";
import { figure } from "../harness/table.ts";

interface CommitSamples {
  readonly commitsMs: readonly number[];
  readonly settlesMs: readonly number[];
  readonly rawMs: readonly number[];
}

export const commit: Measurement = {
  rows: ["commit-over-raw"],
  async run({ day, place, times }) {
    const { commitsMs, settlesMs, rawMs } = await runChild<CommitSamples>("commit.child.ts", {
      folder: day.copyTill(1, place("till")),
      passphrase: day.facts.passphrase,
      raw: place("raw"),
      count: times(600, 60),
    });
    const [ours, raw] = [median(commitsMs), median(rawMs)];
    const whole = median(commitsMs.map((ms, n) => ms + settlesMs[n]!));
    return [
      row(
        "commit-over-raw",
        ours / raw,
        `the journal's append until it is acknowledged, p50 ${figure(ours)}, p99 ${figure(percentile(commitsMs, 0.99))} ms; ` +
          `with the journal document's own chunk, which nobody waits for, ${figure(whole / raw)}x; baseline: append + ` +
          `fdatasync of the same signed bytes after each, ms; ${commitsMs.length} records on top of the day`,
        raw,
        { ratio: ours / raw },
      ),
    ];
  },
};
