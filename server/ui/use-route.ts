import { useEffect, useState } from "preact/hooks";
import { parseRoute, type Route } from "./route.ts";

/** Goes to a URL of this page; `replace` leaves no step to go back to. */
export type Navigate = (url: string, how?: { readonly replace: boolean }) => void;

/** Gives the route that the address bar shows, kept true through back and forward. */
export function useRoute(): { route: Route; navigate: Navigate } {
  const [route, setRoute] = useState(currentRoute);

  useEffect(() => {
    const follow = () => setRoute(currentRoute());
    addEventListener("popstate", follow);
    return () => removeEventListener("popstate", follow);
  }, []);

  const navigate: Navigate = (url, how) => {
    if (how?.replace) history.replaceState(undefined, "", url);
    else history.pushState(undefined, "", url);
    setRoute(currentRoute());
  };
  return { route, navigate };
}

function currentRoute(): Route {
  return parseRoute(location.pathname, location.search);
}
