/** One line of what `flowspan doctor` says. */
export interface Finding {
  /** A problem loses logs or ends in an error; a warning may. */
  readonly level: "ok" | "warning" | "problem";
  readonly text: string;
  /** What to do about it. */
  readonly advice?: string;
}

export const ok = (text: string): Finding => ({ level: "ok", text });

export const warning = (text: string, advice: string): Finding => ({
  level: "warning",
  text,
  advice,
});

export const problem = (text: string, advice: string): Finding => ({
  level: "problem",
  text,
  advice,
});
