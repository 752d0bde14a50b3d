/** Who sees a draft, and who may type in it. */

import { useEffect, useState } from "preact/hooks";
import type { rest } from "draftwire";
import { api } from "../api.js";
import { nameOf, Person } from "../person.js";
import { infoOf } from "./badge.js";
import type { Desk } from "./desk.js";
import { attempt } from "./toasts.js";

export function SharingPanel({ desk }: { desk: Desk }) {
  const [sharing, setSharing] = useState<rest.Sharing | null>(null);
  const [members, setMembers] = useState<readonly rest.Member[]>([]);
  const [guest, setGuest] = useState("");
  const [may, setMay] = useState<"look" | "type">("type");
  const draft = desk.draft.value;
  const { item } = desk;
  const load = async (): Promise<void> => {
    if (draft !== null) setSharing(await api.sharing.get(draft.id, { item }));
  };
  useEffect(() => {
    void attempt(load);
    void attempt(async () => setMembers((await api.members.list()).members));
  }, [draft]);
  if (draft === null || sharing === null) return <p class="quiet">Loading…</p>;
  const show = async (visibility: rest.Sharing["visibility"]): Promise<void> => {
    await api.sharing.show(draft.id, { visibility }, { item });
    await load();
  };
  const invite = async (): Promise<void> => {
    await api.sharing.invite(draft.id, guest, { may }, { item });
    setGuest("");
    await load();
  };
  return (
    <>
      <fieldset class="radios">
        <legend>Others who may read this item</legend>
        {(
          [
            ["private", "see that there is a draft, not its text"],
            ["readable", "watch it, compare it, adopt it"],
            ["open", "and, if they may write the item, type in it"],
          ] as const
        ).map(([value, text]) => (
          <label key={value}>
            <input type="radio" name="visibility" checked={sharing.visibility === value} onChange={() => void attempt(() => show(value))} /> {text}
          </label>
        ))}
      </fieldset>
      <h3>Guests</h3>
      {sharing.guests.length === 0 && <p class="quiet">Nobody is invited.</p>}
      <ul class="history">
        {sharing.guests.map((one) => (
          <li key={one.user.user} class="history-head">
            <Person actor={one.user} small /> <strong>{nameOf(one.user)}</strong> <span class="quiet small">may {one.may}</span>
            <span class="code-bar-space" />
            <button class="text-button" type="button" onClick={() => void attempt(() => api.sharing.withdraw(draft.id, one.user.user).then(load))}>
              Withdraw
            </button>
          </li>
        ))}
      </ul>
      <form
        class="invite"
        onSubmit={(event) => {
          event.preventDefault();
          if (guest !== "") void attempt(invite);
        }}
      >
        <select aria-label="Whom to invite" value={guest} onChange={(event) => setGuest(event.currentTarget.value)}>
          <option value="">Invite somebody…</option>
          {members
            .filter((one) => one.id !== desk.user)
            .map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}
              </option>
            ))}
        </select>
        <select aria-label="To do what" value={may} onChange={(event) => setMay(event.currentTarget.value as "look" | "type")}>
          <option value="type">to type</option>
          <option value="look">to look</option>
        </select>
        <button class="button" type="submit" disabled={guest === ""}>
          Invite
        </button>
      </form>
      <p class="quiet small">{infoOf(desk) === undefined ? "The draft begins with the first edit; this counts then." : "All of this counts at once."}</p>
    </>
  );
}
