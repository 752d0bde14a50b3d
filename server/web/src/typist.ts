/**
 * Types for a person, as a person does: in bursts, with pauses at the ends of lines, now and then taking something back.
 *
 * Everything goes through the editor as key presses do, so that it takes the same way as real typing.
 */

import { EditorView } from "@codemirror/view";

const PIECES: Record<"python" | "script", readonly (readonly string[])[]> = {
  python: [
    [
      "def retry(call, attempts=3, pause_s=0.5):\n    for attempt in range(attempts):\n        try:\n            return call()\n        except OSError as error:\n            log.warning(\"attempt %d failed: %s\", attempt + 1, error)\n            time.sleep(pause_s * 2**attempt)\n    raise TimeoutError(f\"gave up after {attempts} attempts\")\n\n\n",
      "def by_customer(rows):\n    totals = {}\n    for row in rows:\n        totals[row[\"customer\"]] = totals.get(row[\"customer\"], 0) + row[\"amount\"]\n    return totals\n\n\n",
      "def newest(rows, count=10):\n    return sorted(rows, key=lambda row: row[\"created_at\"], reverse=True)[:count]\n\n\n",
    ],
    [
      "# Dates come in as ISO 8601; everything below is UTC.\ndef parse_day(text):\n    return datetime.fromisoformat(text).astimezone(UTC).date()\n\n\n",
      "BATCH = 200  # rows a request; more and the API answers 413\n\n\ndef batches(rows, size=BATCH):\n    for start in range(0, len(rows), size):\n        yield rows[start : start + size]\n\n\n",
      "def as_cents(amount):\n    \"\"\"Money is counted in cents: floats lose them.\"\"\"\n    return int(Decimal(str(amount)) * 100)\n\n\n",
    ],
  ],
  script: [
    [
      "async function retry<T>(call: () => Promise<T>, attempts = 3): Promise<T> {\n  for (let attempt = 0; ; attempt++) {\n    try {\n      return await call();\n    } catch (error) {\n      if (attempt + 1 === attempts) throw error;\n      await new Promise((done) => setTimeout(done, 250 * 2 ** attempt));\n    }\n  }\n}\n\n",
      "function totals(rows: { customer: string; amount: number }[]) {\n  const sums = new Map<string, number>();\n  for (const { customer, amount } of rows) {\n    sums.set(customer, (sums.get(customer) ?? 0) + amount);\n  }\n  return sums;\n}\n\n",
    ],
    [
      "// Dates come in as ISO 8601; everything below is UTC.\nconst day = (text: string) => new Date(text).toISOString().slice(0, 10);\n\n",
      "const BATCH = 200; // rows a request; more and the API answers 413\n\nfunction* batches<T>(rows: T[], size = BATCH) {\n  for (let start = 0; start < rows.length; start += size) {\n    yield rows.slice(start, start + size);\n  }\n}\n\n",
    ],
  ],
};

const APART_LINES = 5;
const LONGEST_TEXT = 12_000; // the demo's draft is shared and lives on: past this the typist takes its own text out again

export class Typist {
  private timer: number | undefined;
  private piece = 0;
  private typed = 0;
  private start = 0;

  constructor(
    private readonly view: () => EditorView | null,
    private readonly language: () => string,
    private readonly voice: 0 | 1,
  ) {}

  get running(): boolean {
    return this.timer !== undefined;
  }

  begin(): void {
    if (this.running) return;
    this.typed = 0;
    this.timer = window.setTimeout(this.step, 200);
  }

  /** Let go; what is half written is finished at once, so that the code stays whole. */
  stop(): void {
    window.clearTimeout(this.timer);
    this.timer = undefined;
    const view = this.view();
    const rest = this.typed > 0 ? this.text().slice(this.typed) : "";
    this.typed = 0;
    if (view === null || view.state.readOnly || rest === "") return;
    const at = view.state.selection.main.head;
    const changes = { from: at, to: this.endOfOwnLine(view, at), insert: rest };
    view.dispatch({ changes, selection: { anchor: at + rest.length }, userEvent: "input.type" });
    this.piece++;
  }

  /** Keep the place while others change the text around it. */
  follow(map: (position: number) => number): void {
    this.start = map(this.start);
  }

  private text(): string {
    const pieces = PIECES[/^py/i.test(this.language()) ? "python" : "script"][this.voice] ?? [];
    return pieces[this.piece % pieces.length] ?? "";
  }

  private readonly step = (): void => {
    const view = this.view();
    if (view === null || view.state.readOnly) {
      this.timer = window.setTimeout(this.step, 500);
      return;
    }
    this.timer = window.setTimeout(this.step, this.press(view));
  };

  /** Press one key; the answer is how long the hand rests. */
  private press(view: EditorView): number {
    const text = this.text();
    if (this.typed === 0) this.goTo(view);
    if (this.typed >= text.length) {
      const head = view.state.selection.main.head;
      view.dispatch({ changes: { from: head, to: this.endOfOwnLine(view, head) }, userEvent: "delete.forward" });
      if (view.state.doc.length > LONGEST_TEXT) {
        view.dispatch({ changes: { from: this.start, to: view.state.selection.main.head }, userEvent: "delete.selection" });
      }
      this.piece++;
      this.typed = 0;
      return 2_500;
    }
    const key = text[this.typed] ?? "";
    const at = view.state.selection.main.head;
    if (/[a-z]/.test(key) && Math.random() < 0.015) this.slip(view, at);
    else {
      view.dispatch({ changes: { from: at, insert: key }, selection: { anchor: at + 1 }, userEvent: "input.type", scrollIntoView: true });
      this.typed++;
    }
    if (key === "\n") return 350 + Math.random() * 500;
    return 45 + Math.random() * 85 + (Math.random() < 0.04 ? 500 : 0);
  }

  /** The line that was opened for a piece ends here, and goes when the piece is done. */
  private endOfOwnLine(view: EditorView, at: number): number {
    return view.state.sliceDoc(at, at + 1) === "\n" ? at + 1 : at;
  }

  /** A wrong letter, seen at once. */
  private slip(view: EditorView, at: number): void {
    view.dispatch({ changes: { from: at, insert: "e" }, selection: { anchor: at + 1 }, userEvent: "input.type" });
    view.dispatch({ changes: { from: at, to: at + 1 }, selection: { anchor: at }, userEvent: "delete.backward" });
  }

  /** One voice writes before the first definition, the other before one a few lines below: in sight of each other. */
  private goTo(view: EditorView): void {
    const { doc } = view.state;
    const lines = [...doc.toString().matchAll(/(?:def|class|function|interface) \w/g)].map(({ index }) => doc.lineAt(index));
    const [first] = lines;
    const below = lines.find((line) => first !== undefined && line.number >= first.number + APART_LINES);
    const at = this.voice === 0 ? (first?.from ?? 0) : (below?.from ?? doc.length);
    this.start = at;
    view.dispatch({
      changes: { from: at, insert: "\n" }, // a line of its own: what follows stays whole while the code grows
      selection: { anchor: at },
      effects: EditorView.scrollIntoView(at, { y: "center" }),
      userEvent: "input.type",
    });
  }
}
