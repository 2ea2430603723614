/** Screens that are fetched when they are first shown. */
import type { ComponentType, ComponentChildren } from "preact";
import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";

const Fallback = createContext<ComponentChildren>(null);

export function Suspense({ fallback, children }: { fallback: ComponentChildren; children: ComponentChildren }) {
  return <Fallback.Provider value={fallback}>{children}</Fallback.Provider>;
}

export function lazy(load: () => Promise<ComponentType>): ComponentType {
  let loaded: ComponentType | undefined;
  return function Lazy() {
    const [, again] = useState(0);
    const [failed, fail] = useState<unknown>();
    const fallback = useContext(Fallback);
    useEffect(() => {
      if (!loaded) load().then((component) => ((loaded = component), again(1)), fail);
    }, []);
    // Told as any failure: the page says what it is.
    if (failed) throw failed;
    const Loaded = loaded;
    return Loaded ? <Loaded /> : <>{fallback}</>;
  };
}
