// All payouts that arrived in our bank account on a day, with the charges that each one holds.

interface Payout {
  id: string;
  arrived: string;
  currency: string;
  amount_minor: number;
  charges: { id: string; net_minor: number; fee_minor: number }[];
}

const API = "https://api.stripe.com/v1";

async function* pages(token: string, path: string, query: Record<string, string>) {
  let after: string | undefined;
  do {
    const search = new URLSearchParams({ ...query, limit: "100", ...(after ? { starting_after: after } : {}) });
    const answer = await fetch(`${API}${path}?${search}`, { headers: { Authorization: `Bearer ${token}` } });
    if (!answer.ok) {
      throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    }
    const page = await answer.json();
    yield* page.data;
    after = page.has_more ? page.data.at(-1).id : undefined;
  } while (after);
}

export async function main(stripe: { token: string }, day: string): Promise<Payout[]> {
  const begin = Date.parse(`${day}T00:00:00Z`) / 1000;
  const payouts: Payout[] = [];
  const query = { "arrival_date[gte]": `${begin}`, "arrival_date[lt]": `${begin + 86_400}`, status: "paid" };
  for await (const payout of pages(stripe.token, "/payouts", query)) {
    const charges = [];
    for await (const entry of pages(stripe.token, "/balance_transactions", { payout: payout.id, type: "charge" })) {
      charges.push({ id: entry.source, net_minor: entry.net, fee_minor: entry.fee });
    }
    payouts.push({
      id: payout.id,
      arrived: day,
      currency: payout.currency.toUpperCase(),
      amount_minor: payout.amount,
      charges,
    });
  }
  return payouts;
}
