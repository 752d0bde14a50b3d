// Every Monday: what happened last week, as one message that people read to its end.
//
// Three numbers against the week before, the three accounts that moved most, and nothing else.

import { Client } from "pg";

interface Database {
  host: string;
  port: number;
  user: string;
  password: string;
  dbname: string;
}

interface Week {
  signups: number;
  activated: number;
  revenueMinor: number;
}

interface Mover {
  account: string;
  before: number;
  after: number;
}

const NUMBER = new Intl.NumberFormat("en-GB");
const MONEY = new Intl.NumberFormat("en-GB", { style: "currency", currency: "EUR" });

const WEEK_SQL = `
  select count(*) filter (where created_at >= $1 and created_at < $2)::int as signups,
         count(*) filter (where activated_at >= $1 and activated_at < $2)::int as activated,
         coalesce((select sum(amount_minor) from invoice
                    where paid_at >= $1 and paid_at < $2), 0)::int as revenue
    from account`;

const MOVERS_SQL = `
  select account, sum(n) filter (where day < $2)::int as before, sum(n) filter (where day >= $2)::int as after
    from usage_by_day where day >= $1 and day < $3
   group by account
   order by abs(coalesce(sum(n) filter (where day >= $2), 0) - coalesce(sum(n) filter (where day < $2), 0)) desc
   limit 3`;

export function change(before: number, after: number): string {
  if (before === 0) {
    return after === 0 ? "no change" : "new";
  }
  const percent = Math.round(((after - before) / before) * 100);
  const arrow = percent > 0 ? "▲" : percent < 0 ? "▼" : "•";
  return `${arrow} ${Math.abs(percent)} %`;
}

function mondayOf(day: Date): Date {
  const monday = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate()));
  monday.setUTCDate(monday.getUTCDate() - ((monday.getUTCDay() + 6) % 7));
  return monday;
}

function addDays(day: Date, days: number): Date {
  const moved = new Date(day);
  moved.setUTCDate(moved.getUTCDate() + days);
  return moved;
}

async function week(db: Client, from: Date): Promise<Week> {
  const { rows } = await db.query(WEEK_SQL, [from, addDays(from, 7)]);
  return { signups: rows[0].signups, activated: rows[0].activated, revenueMinor: rows[0].revenue };
}

export function compose(before: Week, after: Week, movers: Mover[]): string {
  const lines = [
    "*Last week*",
    `• ${NUMBER.format(after.signups)} sign-ups (${change(before.signups, after.signups)})`,
    `• ${NUMBER.format(after.activated)} activated (${change(before.activated, after.activated)})`,
    `• ${MONEY.format(after.revenueMinor / 100)} paid (${change(before.revenueMinor, after.revenueMinor)})`,
  ];
  if (movers.length > 0) {
    lines.push("", "*Moved most*");
    for (const { account, before, after } of movers) {
      lines.push(`• ${account}: ${NUMBER.format(before)} → ${NUMBER.format(after)} runs`);
    }
  }
  return lines.join("\n");
}

export async function main(db: Database, webhook_url: string, today: string = new Date().toISOString()) {
  const thisMonday = mondayOf(new Date(today));
  const lastMonday = addDays(thisMonday, -7);
  const client = new Client({ ...db, database: db.dbname });
  await client.connect();
  try {
    const before = await week(client, addDays(lastMonday, -7));
    const after = await week(client, lastMonday);
    const { rows } = await client.query(MOVERS_SQL, [addDays(lastMonday, -7), lastMonday, thisMonday]);
    const text = compose(before, after, rows);
    const answer = await fetch(webhook_url, { method: "POST", body: JSON.stringify({ text }) });
    if (!answer.ok) {
      throw new Error(`The chat refused the message: ${answer.status} ${await answer.text()}`);
    }
    return { week: lastMonday.toISOString().slice(0, 10), text };
  } finally {
    await client.end();
  }
}
