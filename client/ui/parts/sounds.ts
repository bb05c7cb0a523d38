type Signal = "accepted" | "rejected" | "attention";

/** Hertz and milliseconds of each tone. Accepted is one short high tone; rejected two low ones; attention two rising. */
const tones: Record<Signal, readonly (readonly [hertz: number, lengthMs: number])[]> = {
  accepted: [[1_320, 60]],
  rejected: [
    [220, 140],
    [180, 180],
  ],
  attention: [
    [660, 90],
    [880, 120],
  ],
};

let audio: AudioContext | null = null;

/** Plays a signal. Before the first touch or key a browser keeps silent; then nothing is played and nothing waits. */
export function soundFor(signal: Signal): void {
  audio ??= new AudioContext();
  if (audio.state === "suspended") {
    void audio.resume();
    if (!navigator.userActivation.hasBeenActive) return;
  }
  let at = audio.currentTime;
  for (const [hertz, lengthMs] of tones[signal]) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.type = signal === "rejected" ? "square" : "sine";
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0.0001, at);
    volume.gain.exponentialRampToValueAtTime(0.12, at + 0.008);
    volume.gain.exponentialRampToValueAtTime(0.0001, at + lengthMs / 1000);
    tone.connect(volume).connect(audio.destination);
    tone.start(at);
    at += lengthMs / 1000 + 0.02;
    tone.stop(at);
  }
}
