/** What sort of thing an item is: an icon and the word. */

const ICONS: Record<string, string> = {
  script: "M5.5 4.5 2 8l3.5 3.5M10.5 4.5 14 8l-3.5 3.5",
  flow: "M3 2.5h4v3H3zM9 10.5h4v3H9zM5 5.5v3q0 3.5 4 3.5",
  app: "M2 3h12v10H2zM2 6h12M4 4.5h.1M6 4.5h.1",
  raw_app: "M2 3h12v10H2zM2 6h12M6.5 8 5 9.5 6.5 11M9.5 8 11 9.5 9.5 11",
  resource: "M3 4q0-2 5-2t5 2-5 2-5-2v8q0 2 5 2t5-2V4M3 8q0 2 5 2t5-2",
  variable: "M4 2.5q-1.5 0-1.5 2t-1 3.5q1 1 1 3.5t1.5 2M12 2.5q1.5 0 1.5 2t1 3.5q-1 1-1 3.5t-1.5 2M6 6l4 4M10 6l-4 4",
  schedule: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M8 5v3.2l2.2 1.6",
};
const TRIGGER = "M9 1.5 3.5 9H8l-1 5.5L12.5 7H8z";

export function KindIcon({ kind }: { kind: string }) {
  return (
    <svg class="kind-icon" viewBox="0 0 16 16" width="18" height="18" aria-hidden="true">
      <path d={ICONS[kind] ?? (kind.endsWith("_trigger") ? TRIGGER : "M4 2h5l3 3v9H4zM9 2v3h3")} />
    </svg>
  );
}

/** A kind in words, without asking the server: what it calls itself is in the list of kinds. */
export function kindWord(kind: string, titles?: ReadonlyMap<string, string>): string {
  const words = kind.replaceAll("_", " ");
  return titles?.get(kind) ?? words.charAt(0).toUpperCase() + words.slice(1);
}
