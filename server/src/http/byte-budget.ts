/** Bounds the bytes that all requests together hold at once. */
export interface ByteBudget {
  /** How many bytes there are in all. */
  readonly bytes: number;
  /** Whether so many more could be taken now. */
  hasRoomFor(bytes: number): boolean;
  /** Takes so many, where there is room. What is taken is given back with the same number. */
  take(bytes: number): boolean;
  giveBack(bytes: number): void;
}

/** Makes a budget of so many bytes, none of them taken. */
export function createByteBudget(bytes: number): ByteBudget {
  let taken = 0;
  const hasRoomFor = (more: number) => taken + more <= bytes;
  return {
    bytes,
    hasRoomFor,
    take: (more) => {
      if (!hasRoomFor(more)) return false;
      taken += more;
      return true;
    },
    giveBack: (less) => {
      taken -= less;
    },
  };
}
