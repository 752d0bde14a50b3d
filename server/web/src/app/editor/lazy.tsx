/** Parts of the page that are loaded when they are first shown. */

import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

const WAITED_MS = 150; // what comes sooner than that shows no sign of waiting

/** A component that is loaded when it is first drawn. */
export function lazy<P extends object>(load: () => Promise<{ default: ComponentType<P> }>): ComponentType<P> {
  let loaded: ComponentType<P> | null = null;
  return function Lazy(props: P) {
    const [missing, setMissing] = useState(false);
    const [, drawn] = useState(0);
    useEffect(() => {
      if (loaded !== null) return;
      let wanted = true;
      void load().then(
        (module) => {
          loaded = module.default;
          if (wanted) drawn(1);
        },
        () => {
          if (wanted) setMissing(true);
        },
      );
      return () => {
        wanted = false;
      };
    }, []);
    const Component = loaded;
    if (Component !== null) return <Component {...props} />;
    return missing ? <Missing /> : <Waiting />;
  };
}

/** It can't be loaded: there is no connection, or the server was updated and no longer has the files of this page. */
function Missing() {
  return (
    <p class="quiet" role="alert">
      This part of the page couldn't be loaded. The server may have been updated.{" "}
      <button type="button" onClick={() => window.location.reload()}>
        Reload the page
      </button>
    </p>
  );
}

function Waiting() {
  const [long, setLong] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => setLong(true), WAITED_MS);
    return () => window.clearTimeout(timer);
  }, []);
  return long ? <p class="quiet waiting">Loading…</p> : null;
}
