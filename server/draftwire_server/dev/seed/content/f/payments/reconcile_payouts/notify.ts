// One message a day: a green line when all is well, a list when it is not.

interface Difference {
  charge: string;
  kind: string;
  expected_minor: number;
  arrived_minor: number;
  currency: string;
  cause: string;
}

const MOST = 10;

function money(minor: number, currency: string): string {
  return new Intl.NumberFormat("en-GB", { style: "currency", currency }).format(minor / 100);
}

export function compose(day: string, matched: number, differences: Difference[]): string {
  if (differences.length === 0) {
    return `✅ ${day}: all ${matched} charges arrived as booked.`;
  }
  const lines = [`⚠️ ${day}: ${differences.length} of ${matched + differences.length} charges differ.`];
  for (const d of differences.slice(0, MOST)) {
    const amounts = `${money(d.expected_minor, d.currency)} → ${money(d.arrived_minor, d.currency)}`;
    lines.push(`• \`${d.charge}\` ${amounts}: ${d.cause}`);
  }
  if (differences.length > MOST) {
    lines.push(`… and ${differences.length - MOST} more in the report.`);
  }
  return lines.join("\n");
}

export async function main(
  webhook_url: string,
  day: string,
  report: { matched: number; differences: Difference[] },
) {
  const text = compose(day, report.matched, report.differences);
  const answer = await fetch(webhook_url, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ text }),
  });
  if (!answer.ok) {
    throw new Error(`The chat refused the message: ${answer.status}`);
  }
  return { sent: text };
}
