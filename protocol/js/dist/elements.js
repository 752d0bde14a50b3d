// src/elements/element.ts
var THEME = {
  "--dw-font": "system-ui, sans-serif",
  "--dw-mono": "ui-monospace, monospace",
  "--dw-ink": "light-dark(#1b1d22, #eceef2)",
  "--dw-quiet": "light-dark(#5b616e, #a4abb8)",
  "--dw-surface": "light-dark(#ffffff, #1b1d22)",
  "--dw-line": "light-dark(#d8dbe2, #3a3e48)",
  "--dw-accent": "light-dark(#1d5fd0, #8ab4ff)",
  "--dw-good": "light-dark(#1a7f42, #6fd796)",
  "--dw-warn": "light-dark(#9a5b00, #f2b55c)",
  "--dw-bad": "light-dark(#b3261e, #ff9b94)",
  "--dw-added": "light-dark(#dff5e5, #17402a)",
  "--dw-removed": "light-dark(#fde3e1, #52201d)"
};
var BASE = `
:host { ${Object.entries(THEME).map(([name, value]) => `${name.replace("--dw", "--_")}: var(${name}, ${value});`).join(" ")}
  display: block; font: 14px/1.5 var(--_-font); color: var(--_-ink); }
:host([hidden]) { display: none; }
* { box-sizing: border-box; }
ul, ol, dl, p, pre, h3 { margin: 0; padding: 0; list-style: none; }
button { font: inherit; color: inherit; background: var(--_-surface); border: 1px solid var(--_-line); border-radius: 6px; padding: 2px 10px; cursor: pointer; }
button:focus-visible, [tabindex]:focus-visible { outline: 2px solid var(--_-accent); outline-offset: 2px; }
.quiet { color: var(--_-quiet); }
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
pre { font: 13px/1.5 var(--_-mono); white-space: pre-wrap; overflow-wrap: anywhere; }
`;
var BASE_SHEET = sheetOf(BASE);
function sheetOf(css) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  return sheet;
}
function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}
function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}
var DraftElement = class extends HTMLElement {
  constructor(defaults, sheet) {
    super();
    this.defaults = defaults;
    this.said = defaults;
    this.root = this.attachShadow({ mode: "open" });
    this.root.adoptedStyleSheets = [BASE_SHEET, sheet];
  }
  defaults;
  root;
  held = null;
  said;
  stop = null;
  due = false;
  get draft() {
    return this.held;
  }
  set draft(draft) {
    this.held = draft;
    this.follow();
  }
  get strings() {
    return this.said;
  }
  /** Other words for some or all strings. */
  set strings(strings) {
    this.said = { ...this.defaults, ...strings };
    this.drawSoon();
  }
  connectedCallback() {
    this.follow();
  }
  disconnectedCallback() {
    this.stop?.();
    this.stop = null;
  }
  follow() {
    this.stop?.();
    this.stop = null;
    if (!this.isConnected || this.held === null) return;
    this.stop = this.held.on((event) => {
      if (this.heeds(event)) this.drawSoon();
    });
    this.begun();
    this.drawSoon();
  }
  drawSoon() {
    if (this.due) return;
    this.due = true;
    queueMicrotask(() => {
      this.due = false;
      if (this.isConnected && this.held !== null) this.redraw(this.held);
    });
  }
  /** Draw anew; the focus stays on what has the same `data-key`. */
  redraw(draft) {
    const key = this.root.activeElement?.dataset["key"];
    this.draw(draft);
    if (key === void 0) return;
    const found = [...this.root.querySelectorAll("[data-key]")].find((element) => element.dataset["key"] === key);
    found?.focus();
  }
  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
  /** A draft was given. */
  begun() {
  }
};
function shown(value) {
  if (value === void 0 || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

// src/elements/alerts.ts
import { Problem } from "./draftwire.js";
var ALERT_STRINGS = {
  label: "Conflicts",
  clash: "You and {who} wrote in one place, unseen by each other",
  stale: "{who} had changed this before your edit came in",
  structural: "You and {who} changed the same part in two ways",
  lost: "{who} removed what you were writing in",
  save: "Your save met changes of {who}",
  somebody: "somebody",
  lines: "Lines {from}–{to}",
  line: "Line {from}",
  mine: "Yours",
  nothing: "(nothing left)",
  keepMine: "Keep mine",
  takeTheirs: "Take theirs",
  later: "Later",
  failed: "That did not work: {why}"
};
var ALERT_SHEET = sheetOf(`
section { border: 1px solid var(--_-line); border-left: 4px solid var(--_-warn); border-radius: 6px; padding: 10px 12px; margin-bottom: 8px; background: var(--_-surface); }
h3 { font-size: 14px; }
.place { background: none; border: 0; padding: 0; color: var(--_-accent); text-decoration: underline; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(180px, 1fr)); gap: 8px; margin: 8px 0; }
dt { font-weight: 600; }
dd { margin: 0; }
pre { max-height: 10em; overflow: auto; padding: 6px; border: 1px solid var(--_-line); border-radius: 4px; }
.actions { display: flex; flex-wrap: wrap; gap: 6px; }
`);
var AlertsElement = class extends DraftElement {
  problems = /* @__PURE__ */ new Map();
  constructor() {
    super(ALERT_STRINGS, ALERT_SHEET);
    this.root.append(make("div", { role: "region", "aria-live": "polite", "aria-relevant": "additions" }));
  }
  heeds({ type }) {
    return type === "alerts";
  }
  draw(draft) {
    const mine = draft.alerts.filter(({ sides }) => sides.some(({ sid }) => sid === draft.sid));
    const region = this.root.firstElementChild;
    region.setAttribute("aria-label", this.strings.label);
    region.replaceChildren(...mine.map((alert) => this.card(draft, alert)));
  }
  card(draft, alert) {
    const mine = alert.sides.find(({ sid }) => sid === draft.sid);
    const theirs = alert.sides.find((side) => side !== mine);
    const who = theirs?.actor.name ?? this.strings.somebody;
    const title = filled(this.strings[alert.reason], { who });
    const [from, to] = [alert.line_from ?? null, alert.line_to ?? alert.line_from ?? null];
    const where = from === null ? alert.address : filled(from === to ? this.strings.line : this.strings.lines, { from, to: to ?? from });
    const act = (key, label, click) => make("button", { type: "button", "data-key": `${alert.id} ${key}`, click }, label);
    const problem = this.problems.get(alert.id);
    return make(
      "section",
      { part: "alert", "aria-label": title },
      make("h3", {}, title),
      make("button", { type: "button", class: "place", "data-key": `${alert.id} place`, click: () => this.tell("dw-alert", alert) }, where),
      make("dl", {}, this.side(this.strings.mine, mine), this.side(who, theirs)),
      problem === void 0 ? null : make("p", { role: "alert" }, problem),
      make(
        "div",
        { class: "actions" },
        act("mine", this.strings.keepMine, () => void this.resolve(draft, alert, "mine")),
        act("theirs", this.strings.takeTheirs, () => void this.resolve(draft, alert, "theirs")),
        act("later", this.strings.later, () => draft.dismissAlert(alert.id))
      )
    );
  }
  side(title, side) {
    if (side === void 0) return null;
    const text = shown(side.text) || this.strings.nothing;
    return make("div", {}, make("dt", {}, title), make("dd", {}, make("pre", { tabindex: "0" }, text)));
  }
  async resolve(draft, alert, keep) {
    const headers = { "content-type": "application/json" };
    try {
      await draft.request(`alerts/${alert.id}/resolve`, { method: "POST", headers, body: JSON.stringify({ keep }) });
      this.problems.delete(alert.id);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.problems.set(alert.id, filled(this.strings.failed, { why: error.message }));
    }
    this.drawSoon();
  }
};

// src/elements/diff.ts
import { Problem as Problem2 } from "./draftwire.js";
var DIFF_STRINGS = {
  label: "Changes",
  same: "No changes",
  member_added: "added",
  member_removed: "removed",
  member_changed: "changed",
  element_added: "added",
  element_removed: "removed",
  element_moved: "moved",
  text_changed: "changed",
  removedLine: "removed: ",
  addedLine: "added: ",
  coarse: "Too large to be compared line by line.",
  failed: "The changes could not be loaded: {why}"
};
var DIFF_SHEET = sheetOf(`
section { border: 1px solid var(--_-line); border-radius: 6px; margin-bottom: 8px; overflow: hidden; }
h3 { font-size: 13px; padding: 6px 10px; border-bottom: 1px solid var(--_-line); display: flex; gap: 8px; justify-content: space-between; }
.line { display: grid; grid-template-columns: 3.5em 3.5em 1.5em 1fr; font: 12px/1.6 var(--_-mono); }
.line > span { padding: 0 4px; color: var(--_-quiet); text-align: right; }
.line > pre { font: inherit; }
.added { background: var(--_-added); }
.removed { background: var(--_-removed); }
.hunk + .hunk { border-top: 1px dashed var(--_-line); }
mark { background: none; color: inherit; text-decoration: underline; text-underline-offset: 2px; font-weight: 700; }
.value { padding: 6px 10px; }
`);
var DiffElement = class extends DraftElement {
  /** What is compared, as the server's `diff` takes it. */
  from = "deployed";
  to = "";
  given = null;
  problem = null;
  constructor() {
    super(DIFF_STRINGS, DIFF_SHEET);
  }
  /** A comparison that was made elsewhere, as by `compare`. */
  set comparison(comparison) {
    this.given = comparison;
    this.problem = null;
    this.drawSoon();
    if (this.draft === null) this.render();
  }
  /** Load what differs now. */
  async load() {
    const { draft } = this;
    if (draft === null) return;
    const query = new URLSearchParams({ from: this.from, to: this.to || draft.id });
    try {
      this.comparison = (await draft.request(`items/${draft.item}/diff?${query}`)).comparison;
    } catch (error) {
      if (!(error instanceof Problem2)) throw error;
      this.problem = filled(this.strings.failed, { why: error.message });
      this.drawSoon();
    }
  }
  begun() {
    if (this.given === null) void this.load();
  }
  heeds() {
    return false;
  }
  draw() {
    this.render();
  }
  render() {
    const changes = this.given?.changes ?? [];
    const body = this.problem !== null ? [make("p", { role: "alert" }, this.problem)] : this.given === null ? [] : changes.length === 0 ? [make("p", { class: "quiet" }, this.strings.same)] : changes.map((change) => this.change(change));
    this.root.replaceChildren(make("div", { role: "region", "aria-label": this.strings.label }, ...body));
  }
  change(change) {
    const title = make("h3", {}, make("span", {}, change.label || change.at), make("span", { class: "quiet" }, this.strings[change.change]));
    const section = make("section", { part: "change" }, title);
    if (change.change === "text_changed") {
      if (change.coarse) section.append(make("p", { class: "value quiet" }, this.strings.coarse));
      for (const hunk of change.hunks) section.append(this.hunk(hunk));
      return section;
    }
    if ("old" in change) section.append(make("pre", { class: "value removed" }, make("span", { class: "spoken" }, this.strings.removedLine), shown(change.old)));
    if ("new" in change) section.append(make("pre", { class: "value added" }, make("span", { class: "spoken" }, this.strings.addedLine), shown(change.new)));
    return section;
  }
  hunk({ lines }) {
    return make("div", { class: "hunk", tabindex: "0" }, ...lines.map((line) => this.line(line)));
  }
  line({ kind, text, old, new: now, words = [] }) {
    const sign = { same: " ", removed: "−", added: "+" }[kind];
    const said = kind === "same" ? null : make("span", { class: "spoken" }, kind === "added" ? this.strings.addedLine : this.strings.removedLine);
    const parts = [];
    let done = 0;
    for (const [start, end] of words) {
      parts.push(text.slice(done, start), make("mark", {}, text.slice(start, end)));
      done = end;
    }
    const number = (value) => make("span", { "aria-hidden": "true" }, String(value ?? ""));
    return make(
      "div",
      { class: `line ${kind}` },
      number(old),
      number(now),
      make("span", { "aria-hidden": "true" }, sign),
      make("pre", {}, said, ...parts, text.slice(done))
    );
  }
};

// src/elements/history.ts
import { Problem as Problem3 } from "./draftwire.js";
var HISTORY_STRINGS = {
  label: "History",
  nothing: "Nothing has been changed yet",
  agent: "AI for {name}",
  imported: "imported by {name}",
  approved: "approved by {name}",
  counts: "{came} came, {went} went",
  older: "Older",
  failed: "The history could not be loaded: {why}"
};
var HISTORY_SHEET = sheetOf(`
ol { border-left: 2px solid var(--_-line); padding-left: 12px; }
li { margin-bottom: 6px; }
li button { display: block; width: 100%; text-align: left; }
.name { font-weight: 600; }
.place { font: 12px var(--_-mono); overflow-wrap: anywhere; }
`);
var REFRESH_AFTER_MS = 2e3;
var HistoryElement = class extends DraftElement {
  groups = [];
  next = null;
  problem = null;
  loaded = false;
  timer;
  constructor() {
    super(HISTORY_STRINGS, HISTORY_SHEET);
  }
  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.timer);
    this.timer = void 0;
  }
  /** Load the latest entries; those further back stay. */
  async load() {
    const page = await this.page(null);
    if (page === null) return;
    const oldest = page.groups.at(-1)?.from ?? 0;
    const further = this.groups.filter(({ to }) => to < oldest);
    if (further.length === 0) this.next = page.next ?? null;
    this.groups = [...page.groups, ...further];
    this.drawSoon();
  }
  /** Load entries further back. */
  async older() {
    const page = this.next === null ? null : await this.page(this.next);
    if (page === null) return;
    this.groups = [...this.groups, ...page.groups];
    this.next = page.next ?? null;
    this.drawSoon();
  }
  async page(before) {
    const { draft } = this;
    if (draft === null) return null;
    const query = new URLSearchParams({ item: draft.item, ...before === null ? {} : { before: String(before) } });
    try {
      const page = await draft.request(`drafts/${draft.id}/history?${query}`);
      this.problem = null;
      this.loaded = true;
      return page;
    } catch (error) {
      if (!(error instanceof Problem3)) throw error;
      this.problem = filled(this.strings.failed, { why: error.message });
      this.drawSoon();
      return null;
    }
  }
  begun() {
    this.groups = [];
    this.loaded = false;
    void this.load();
  }
  heeds({ type }) {
    if (type === "change" && this.timer === void 0) {
      this.timer = setTimeout(() => {
        this.timer = void 0;
        void this.load();
      }, REFRESH_AFTER_MS);
    }
    return false;
  }
  draw() {
    const list = make("ol", { "aria-label": this.strings.label }, ...this.groups.map((group) => this.entry(group)));
    const older = make("button", { type: "button", "data-key": "older", click: () => void this.older() }, this.strings.older);
    const parts = this.groups.length > 0 ? [list] : this.loaded ? [make("p", { class: "quiet" }, this.strings.nothing)] : [];
    if (this.problem !== null) parts.push(make("p", { role: "alert" }, this.problem));
    if (this.next !== null) parts.push(older);
    this.root.replaceChildren(...parts);
  }
  entry(group) {
    const { actor, came, went, places, names = [] } = group;
    const by = actor.kind === "agent" ? `✦ ${filled(this.strings.agent, { name: actor.on_behalf_of ?? actor.name })}` : actor.name;
    const approvers = (group.approved_by ?? []).map(({ name }) => name).join(", ");
    const notes = [
      ...actor.imported_by ? [filled(this.strings.imported, { name: actor.imported_by })] : [],
      ...approvers === "" ? [] : [filled(this.strings.approved, { name: approvers })]
    ];
    const who = [by, ...notes].join(", ");
    const when = new Date(group.ended_at * 1e3);
    const time = make("time", { datetime: when.toISOString(), class: "quiet" }, when.toLocaleString(document.documentElement.lang || void 0));
    const chosen = () => this.tell("dw-state", { draft: this.draft?.id, etag: group.etag, group });
    return make(
      "li",
      { part: "entry" },
      make(
        "button",
        { type: "button", "data-key": `${group.from}`, click: chosen },
        make("span", { class: "name" }, names.length > 0 ? `${who} · ${names.join(", ")}` : who),
        " ",
        time,
        make("div", { class: "quiet" }, filled(this.strings.counts, { came, went })),
        make("div", { class: "quiet place" }, places.map(({ at }) => at).join(" "))
      )
    );
  }
};

// src/elements/presence.ts
import { hueOf, HUES } from "./draftwire.js";
var PRESENCE_STRINGS = {
  label: "Here now",
  nobody: "Nobody else is here",
  editing: "{name} is editing",
  viewing: "{name} is looking",
  idle: "{name} is away",
  agent: "AI for {name}",
  sessions: "{what}, in {count} tabs"
};
var PRESENCE_SHEET = sheetOf(`
ul { display: flex; flex-wrap: wrap; gap: 4px; }
button { width: 30px; height: 30px; padding: 0; border-radius: 50%; font-weight: 600; font-size: 12px; border: 0; color: #fff; }
.agent { border-radius: 8px; outline: 1px dashed currentColor; outline-offset: -3px; }
.idle { opacity: 0.55; }
.editing { box-shadow: 0 0 0 2px var(--_-surface), 0 0 0 4px var(--_-accent); }
${HUES.map((hue) => `.hue-${hue} { background: oklch(0.5 0.13 ${hue}); }`).join("\n")}
`);
var LIVELY = { editing: 2, viewing: 1, idle: 0 };
var PresenceElement = class extends DraftElement {
  constructor() {
    super(PRESENCE_STRINGS, PRESENCE_SHEET);
  }
  heeds({ type }) {
    return type === "presence";
  }
  draw({ presence }) {
    const actors = /* @__PURE__ */ new Map();
    for (const entry of presence) {
      const key = entry.actor.kind === "agent" ? entry.sid : entry.actor.id;
      actors.set(key, [...actors.get(key) ?? [], entry]);
    }
    const list = make("ul", { "aria-label": this.strings.label });
    for (const [key, entries] of actors) list.append(make("li", {}, this.person(key, entries)));
    const empty = make("p", { class: "quiet" }, this.strings.nobody);
    this.root.replaceChildren(actors.size > 0 ? list : empty);
  }
  person(key, entries) {
    const entry = entries.reduce((best, one) => LIVELY[one.state] > LIVELY[best.state] ? one : best);
    const { actor, state } = entry;
    const agent = actor.kind === "agent";
    const name = agent ? filled(this.strings.agent, { name: actor.on_behalf_of ?? actor.name }) : actor.name;
    const what = filled(this.strings[state], { name });
    const label = entries.length > 1 ? filled(this.strings.sessions, { what, count: entries.length }) : what;
    const initials = agent ? "✦" : actor.name.split(/\s+/).map((word) => [...word][0] ?? "").slice(0, 2).join("").toUpperCase();
    const kind = `${agent ? "agent " : ""}${state} hue-${hueOf(actor.user)}`;
    const chosen = () => this.tell("dw-person", { actor, entries });
    return make("button", { type: "button", class: kind, part: "person", title: label, "aria-label": label, "data-key": key, click: chosen }, initials);
  }
};

// src/elements/status.ts
var STATUS_SHEET = sheetOf(`
:host { display: inline-flex; align-items: center; gap: 6px; }
.dot { flex: none; width: 9px; height: 9px; border-radius: 50%; background: var(--_-quiet); }
.saved { background: var(--_-good); }
.saving { background: none; border: 2px solid var(--_-accent); }
.waiting, .local, .offline { background: var(--_-warn); border-radius: 2px; }
.conflict, .refused, .signed_out, .gone { background: var(--_-bad); transform: rotate(45deg); border-radius: 1px; }
`);
var StatusElement = class extends DraftElement {
  dot = make("span", { class: "dot", part: "dot", "aria-hidden": "true" });
  text = make("span", { part: "text" });
  voice = make("span", { class: "spoken", role: "status" });
  spoken = "saved";
  /** Strings are sentences by status; those that are not given are the handle's. */
  constructor() {
    super({}, STATUS_SHEET);
    this.root.append(this.dot, this.text, this.voice);
  }
  heeds({ type }) {
    return type === "status" || type === "change" && this.getAttribute("data-status") === "waiting";
  }
  draw(draft) {
    const { status } = draft;
    const sentence = this.strings[status]?.replaceAll("{characters}", String(draft.backlog)) ?? draft.sentence;
    this.setAttribute("data-status", status);
    this.dot.className = `dot ${status}`;
    this.text.textContent = sentence;
    if (status !== "saving" && status !== this.spoken) {
      this.spoken = status;
      this.voice.textContent = sentence;
    }
  }
};

// src/elements/elements.ts
var ELEMENTS = {
  "dw-status": StatusElement,
  "dw-presence": PresenceElement,
  "dw-alerts": AlertsElement,
  "dw-diff": DiffElement,
  "dw-history": HistoryElement
};
for (const [name, element] of Object.entries(ELEMENTS)) if (customElements.get(name) === void 0) customElements.define(name, element);
export {
  AlertsElement,
  DiffElement,
  HistoryElement,
  PresenceElement,
  StatusElement,
  THEME
};
