/**
 * What all channels of a session share: whether the server listens, what goes out and in which order, what is parked.
 *
 * A parked text is kept here until the server says that the stash has it: it is sent again on every new connection and
 * after a refusal that may pass, also when its draft is no longer followed. No I/O, no clock: `nowMs` is set by whoever
 * drives the session.
 */

import { encodedBytes } from "../wire/codec.js";
import { mayPass } from "../errors.js";
import type { ClientMessage, Park, ParkedText, Welcome } from "../wire/messages.js";
import { FRAME_SPARE_BYTES } from "./replica.js";
import type { Parking } from "./replica.js";

const SILENT_AFTER_MS = 20_000; // a "saved" older than this is not known to be true
const PARK_AGAIN_AFTER_MS = 1_000;
const ROOM_AGAIN_AFTER_MS = 60_000; // the stash is full: somebody has to look through it first

export class Line {
  nowMs = 0;
  welcome: Welcome | null = null;
  greeted = false; // welcomed on this connection
  signedOut = false;
  heardMs = -Infinity;
  readonly outgoing: ClientMessage[] = [];
  private nextRef = 1;
  private readonly parking = new Map<number, Park>();
  private parkAgainMs = Infinity;

  /** `newKey` gives random keys of batches. */
  constructor(readonly newKey: () => string) {}

  /** The public id of this session, nothing before the first welcome. */
  get sid(): string {
    return this.welcome?.sid ?? "";
  }

  /** The most ops that the server takes in one edit. */
  get mostOps(): number {
    return this.welcome?.limits["ops"] ?? Infinity;
  }

  /** The largest frame that the server takes. */
  get frameBytes(): number {
    return this.welcome?.limits["frame_bytes"] ?? Infinity;
  }

  /** Whether the server was heard lately: what is not pending is saved. */
  get hears(): boolean {
    return this.greeted && this.nowMs - this.heardMs <= SILENT_AFTER_MS;
  }

  /** A number for a question. */
  ref(): number {
    return this.nextRef++;
  }

  /** Send a message if the server listens; it is not kept for later. */
  say(message: ClientMessage): void {
    if (this.greeted) this.outgoing.push(message);
  }

  /** The connection ended. */
  cut(): void {
    this.greeted = false;
    this.outgoing.length = 0;
    this.heardMs = -Infinity;
  }

  /** What is to be sent now, in order. */
  take(): ClientMessage[] {
    return this.outgoing.splice(0);
  }

  // ---------------------------------------------------------------- texts on their way into the stash

  /** Send texts to the stash, in as many messages as frames need. */
  park(draft: string, generation: number, { reason, base, texts }: Parking, item: string): void {
    for (const portion of portionsOf(texts, this.frameBytes)) {
      const ref = this.ref();
      const park: Park = { t: "park", ref, draft, generation, reason, base, texts: portion, item };
      this.parking.set(ref, park);
      this.say(park);
    }
  }

  /** Whether texts of a draft are not known to be in the stash yet. */
  parks(draft: string): boolean {
    return [...this.parking.values()].some((park) => park.draft === draft);
  }

  /** The messages with texts of a draft that the stash is not known to have. */
  parksOf(draft: string): Park[] {
    return [...this.parking.values()].filter((park) => park.draft === draft);
  }

  /** Take over such messages of an earlier load of the page. */
  takeParks(parks: readonly Park[]): void {
    for (const park of parks) {
      const ref = this.ref();
      this.parking.set(ref, { ...park, ref });
    }
  }

  /** The stash has them; gives their draft. */
  parked(ref: number): string | null {
    const park = this.parking.get(ref);
    this.parking.delete(ref);
    return park?.draft ?? null;
  }

  /** The stash did not take them: again later if that may help; false if no such texts are on their way. */
  parkFailed(ref: number, code: string): boolean {
    if (!this.parking.has(ref)) return false;
    if (mayPass(code)) this.parkAgainMs = this.nowMs + (code === "quota" ? ROOM_AGAIN_AFTER_MS : PARK_AGAIN_AFTER_MS);
    else this.parking.delete(ref); // the texts are in the event `parked`; nothing more can be done from here
    return true;
  }

  /** Send what is not confirmed once more. */
  parkAgain(): void {
    this.parkAgainMs = Infinity;
    this.outgoing.push(...this.parking.values());
  }

  /** Send again what the stash did not take, if it is time. */
  tick(): void {
    if (this.greeted && this.nowMs >= this.parkAgainMs) this.parkAgain();
  }
}

/** Texts as frames can hold them, without their base if need be; what no frame holds is told, not stashed. */
function portionsOf(texts: readonly ParkedText[], frameBytes: number): ParkedText[][] {
  const room = frameBytes - FRAME_SPARE_BYTES;
  const portions: ParkedText[][] = [];
  let size = 0;
  for (const text of texts) {
    const fits = encodedBytes(text) <= room ? text : { at: text.at, mine: text.mine };
    const wanted = encodedBytes(fits) + 1;
    if (wanted > room) continue;
    const last = portions.at(-1);
    if (last === undefined || size + wanted > room) {
      portions.push([fits]);
      size = wanted;
    } else {
      last.push(fits);
      size += wanted;
    }
  }
  return portions;
}
