// Starts the refund job for the selected row and waits for its outcome.
import * as wmill from "windmill-client";

export async function main(charge: { id: string; disputed: boolean }, amount: string, ticket: string) {
  if (!/^[A-Z]{2,5}-\d+$/.test(ticket)) {
    throw new Error("Give the ticket, as in PAY-1234.");
  }
  if (charge.disputed) {
    throw new Error("This charge is disputed. Answer the dispute first.");
  }
  return await wmill.runScriptByPath("f/payments/refund_charge", {
    stripe: "$res:f/payments/stripe",
    charge_id: charge.id,
    amount: amount || null,
    ticket,
  });
}
