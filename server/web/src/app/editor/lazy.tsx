/** Parts of the page that are loaded when they are first shown. */

import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

const WAITED_MS = 150; // what comes sooner than that shows no sign of waiting

/** A component that is loaded when it is first drawn. */
export function lazy<P extends object>(load: () => Promise<{ default: ComponentType<P> }>): ComponentType<P> {
  let loaded: ComponentType<P> | null = null;
  return function Lazy(props: P) {
    const [, drawn] = useState(0);
    useEffect(() => {
      if (loaded !== null) return;
      let wanted = true;
      void load().then((module) => {
        loaded = module.default;
        if (wanted) drawn(1);
      });
      return () => {
        wanted = false;
      };
    }, []);
    const Component = loaded;
    return Component === null ? <Waiting /> : <Component {...props} />;
  };
}

function Waiting() {
  const [long, setLong] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => setLong(true), WAITED_MS);
    return () => window.clearTimeout(timer);
  }, []);
  return long ? <p class="quiet waiting">Loading…</p> : null;
}
