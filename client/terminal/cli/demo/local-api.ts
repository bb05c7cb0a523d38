import type { CommandInput, CommandName } from "#schema/wire/commands.ts";
import type { Reply, ResultOf } from "#schema/wire/screen.ts";
import type { ScreenView } from "#schema/wire/views.ts";
import { Refused } from "../command.ts";

/** A till's local API as any program on its machine would use it. */
export class LocalApi {
  readonly #door: string;
  #token: string | undefined;

  constructor(door: string) {
    this.#door = door;
  }

  async view(): Promise<ScreenView> {
    const response = await fetch(`${this.#door}/api/view`, {
      headers: this.#headers(),
      signal: AbortSignal.timeout(20_000),
    });
    if (!response.ok) throw new Refused(`${this.#door} answered ${response.status} when asked for its view.`);
    return (await response.json()) as ScreenView;
  }

  /** Throws `Refused` with the till's own words when it refuses. */
  async command<Name extends CommandName>(name: Name, input: CommandInput<Name>): Promise<ResultOf<Name>> {
    const response = await fetch(`${this.#door}/api/commands/${name}`, {
      method: "POST",
      headers: { ...this.#headers(), "content-type": "application/json" },
      body: JSON.stringify(input),
      signal: AbortSignal.timeout(120_000),
    });
    const reply = (await response.json()) as Reply<Name>;
    if (!reply.ok) throw new Refused(`The till refused ${name}: ${reply.error.message}`);
    return reply.value;
  }

  async signIn(staffId: string, pin: string): Promise<void> {
    this.#token = (await this.command("signIn", { staffId, pin })).token;
  }

  async signOut(): Promise<void> {
    await this.command("lock", {});
    this.#token = undefined;
  }

  #headers(): Record<string, string> {
    return this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` };
  }
}
