/** Small parts that the pages share. */

/** A person is a disc with an initial, an AI session a dashed tile with a spark: told apart by more than colour. */
export function Avatar({ name, hue, agent = false }: { name: string; hue: string; agent?: boolean }) {
  return (
    <span class={`avatar ${hue}`} data-agent={agent ? "" : undefined} aria-hidden="true">
      {agent ? "✦" : (name.trim()[0] ?? "?").toUpperCase()}
    </span>
  );
}
