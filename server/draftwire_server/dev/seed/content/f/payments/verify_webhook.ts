// Verify a payment webhook and turn it into one of our own events.
//
// The signature covers the raw body and a timestamp. It is compared in constant time, and a
// message older than five minutes is refused: otherwise a recorded one could be replayed.

import { createHmac, timingSafeEqual } from "node:crypto";

const TOLERANCE_S = 300;

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

export interface PaymentEvent {
  id: string;
  type: "paid" | "failed" | "refunded" | "disputed";
  charge: string;
  amountMinor: number;
  currency: string;
  at: string;
}

const TYPES: Record<string, PaymentEvent["type"]> = {
  "charge.succeeded": "paid",
  "charge.failed": "failed",
  "charge.refunded": "refunded",
  "charge.dispute.created": "disputed",
};

function parseHeader(header: string): { time: number; signatures: string[] } {
  const parts = header.split(",").map((part) => part.split("=", 2) as [string, string]);
  const time = Number(parts.find(([name]) => name === "t")?.[1]);
  const signatures = parts.filter(([name]) => name === "v1").map(([, value]) => value);
  if (!Number.isInteger(time) || signatures.length === 0) {
    throw new Error("The signature header has a wrong shape.");
  }
  return { time, signatures };
}

function matches(expected: Buffer, given: string): boolean {
  const bytes = Buffer.from(given, "hex");
  return bytes.length === expected.length && timingSafeEqual(bytes, expected);
}

export function verify(body: string, header: string, secret: string, nowS: number): void {
  const { time, signatures } = parseHeader(header);
  if (Math.abs(nowS - time) > TOLERANCE_S) {
    throw new Error(`The message is ${Math.round(nowS - time)} s old.`);
  }
  const expected = createHmac("sha256", secret).update(`${time}.${body}`).digest();
  if (!signatures.some((signature) => matches(expected, signature))) {
    throw new Error("No signature fits the message.");
  }
}

function toEvent(message: any): PaymentEvent | null {
  const type = TYPES[message.type];
  if (type === undefined) {
    return null; // subscribed to, but nothing that we act on
  }
  const object = message.data.object;
  return {
    id: message.id,
    type,
    charge: object.charge ?? object.id,
    amountMinor: type === "refunded" ? object.amount_refunded : object.amount,
    currency: object.currency.toUpperCase(),
    at: new Date(message.created * 1000).toISOString(),
  };
}

export async function main(
  raw_body: string,
  signature: string,
  signing_secret: string,
): Promise<{ event: PaymentEvent | null; ignored?: Json }> {
  verify(raw_body, signature, signing_secret, Date.now() / 1000);
  const message = JSON.parse(raw_body);
  const event = toEvent(message);
  return event === null ? { event, ignored: message.type } : { event };
}
