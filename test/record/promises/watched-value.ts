/** A value that tells how often anybody looked at it, in whatever way. */
export interface Watched {
  readonly value: object;
  looks(): number;
}

/** Every trap of the proxy counts, and so do its target's getters and `toJSON`. */
export function watchedValue(): Watched {
  let looks = 0;
  const target = {
    get lazy() {
      return looks++;
    },
    toJSON() {
      return looks++;
    },
    toString() {
      return `${looks++}`;
    },
  };
  const traps = Object.fromEntries(
    Object.getOwnPropertyNames(Reflect).map((trap) => [
      trap,
      (...args: unknown[]) => {
        looks++;
        return Reflect.apply(Reflect[trap as "get"], Reflect, args);
      },
    ]),
  );
  return { value: new Proxy(target, traps), looks: () => looks };
}
