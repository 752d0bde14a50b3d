/** Signing in: in `dev` a click on a demo user; elsewhere the platform's own sign-in. */

import { useEffect, useState } from "preact/hooks";
import { Problem } from "draftwire";
import { sentence } from "../calls.js";
import { devInfo } from "../dev.js";
import type { DemoUser } from "../dev.js";
import { afterSignIn, go } from "./route.js";
import { become, me } from "./session.js";
import { Avatar } from "./ui.js";

export function SignIn({ next }: { next: string | null }) {
  const [users, setUsers] = useState<readonly DemoUser[] | null>(null);
  const [trouble, setTrouble] = useState("");
  useEffect(() => {
    devInfo().then(
      (info) => setUsers(info.users),
      (error: unknown) => {
        setUsers([]);
        const off = error instanceof Problem && error.status === 404;
        setTrouble(off ? "This server has no demo users: the platform that embeds it signs people in." : "The server can't be reached.");
      },
    );
  }, []);
  const choose = async (user: string): Promise<void> => {
    try {
      await become(user);
      go(afterSignIn(next));
    } catch (error) {
      setTrouble(sentence(error));
    }
  };
  return (
    <section class="sign-in" aria-labelledby="sign-in-title">
      <h1 id="sign-in-title">Who are you?</h1>
      <p class="quiet">For this tab only: a second tab can be somebody else.</p>
      <ul class="users" aria-busy={users === null}>
        {(users ?? Array.from({ length: 4 }, () => null)).map((user, i) => (
          <li key={user?.name ?? i} class={user === null ? "user-space" : undefined}>
            {user !== null && (
              <button class="user" type="button" aria-pressed={me.value?.user === user.name} onClick={() => void choose(user.name)}>
                <Avatar name={user.title} hue={`who-${Math.min(i + 1, 3)}`} />
                <strong>{user.title}</strong>
                <span>{user.role}</span>
              </button>
            )}
          </li>
        ))}
      </ul>
      <p role="alert" class="trouble">
        {trouble}
      </p>
    </section>
  );
}
