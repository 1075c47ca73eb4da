import { describe, expect, it } from "vitest";
import { cutText, shortLabel } from "../../ui/cut-text.ts";
import {
  formatAgo,
  formatCost,
  formatCount,
  formatDuration,
  formatMoment,
  formatPlural,
  formatTimeOfDay,
  formatTokens,
} from "../../ui/format.ts";
import { parseTime } from "../../ui/time.ts";

describe("durations", () => {
  it.each([
    [undefined, "–"],
    [0, "0 ms"],
    [0.4219, "0.42 ms"],
    [9.996, "10 ms"],
    [342.4, "342 ms"],
    [999.4, "999 ms"],
    [999.6, "1 s"],
    [1240, "1.24 s"],
    [59_994, "59.99 s"],
    [59_996, "1 m 00 s"],
    [125_000, "2 m 05 s"],
    [3_599_999, "1 h 00 m"],
    [3_720_000, "1 h 02 m"],
    [-40, "-40 ms"],
  ])("%s ms", (millis, expected) => {
    expect(formatDuration(millis)).toBe(expected);
  });
});

describe("costs", () => {
  it.each([
    [undefined, "–"],
    [0, "$0"],
    [0.000_000_4, "< $0.000001"],
    [0.000_042, "$0.000042"],
    [0.012_345, "$0.0123"],
    [0.5, "$0.5"],
    [1.255, "$1.25"],
    [1234.5, "$1234.50"],
  ])("%s dollars", (dollars, expected) => {
    expect(formatCost(dollars)).toBe(expected);
  });
});

describe("counts and tokens", () => {
  it("sets thousands apart and says what is not known", () => {
    expect(formatCount(1234567)).toBe("1,234,567");
    expect(formatTokens(1204, 310)).toBe("1,204 → 310");
    expect(formatTokens(undefined, 3)).toBe("– → 3");
    expect(formatTokens(undefined, undefined)).toBe("–");
    expect([formatPlural(1, "log"), formatPlural(2, "log")]).toEqual(["1 log", "2 logs"]);
  });
});

describe("moments", () => {
  const now = Date.UTC(2026, 4, 4, 10);

  it.each([
    [now + 5000, "now"],
    [now - 12_000, "12 s ago"],
    [now - 180_000, "3 min ago"],
    [now - 5 * 3_600_000, "5 h ago"],
    [now - 86_400_000, "1 day ago"],
    [now - 9 * 86_400_000, "9 days ago"],
    [undefined, "–"],
  ])("%s", (millis, expected) => {
    expect(formatAgo(millis, now)).toBe(expected);
  });

  it("gives the date and the time to the millisecond", () => {
    expect(formatMoment(now + 187, "UTC")).toBe("4 May 2026, 10:00:00.187");
    expect(formatTimeOfDay(now + 187, "UTC")).toBe("10:00:00.187");
    expect([formatMoment(undefined), formatTimeOfDay(undefined)]).toEqual(["–", "–"]);
  });
});

describe("times of the API", () => {
  it.each([
    ["2024-07-08T22:40:35Z", 1_720_478_435_000],
    ["2024-07-08T22:40:35", 1_720_478_435_000],
    ["2024-07-09T00:40:35+02:00", 1_720_478_435_000],
    ["2024-07-08T22:40:35.123456Z", 1_720_478_435_123.456],
    ["2024-07-08T22:40:35.5", 1_720_478_435_500],
    ["2024-07-08", 1_720_396_800_000],
    ["soon", undefined],
    ["<script>window.hacked = 1</script>", undefined],
    ["2024-07-08T99:99", undefined],
    ["", undefined],
    [null, undefined],
    [undefined, undefined],
  ])("%s", (text, expected) => {
    expect(parseTime(text)).toBe(expected);
  });
});

describe("cutting", () => {
  it.each([
    ["short", 10, 40, "short", false],
    ["0123456789", 10, 40, "0123456789", false],
    ["0123456789a", 10, 40, "0123456789", true],
    ["a\nb\nc", 99, 2, "a\nb", true],
    ["a\nb", 99, 2, "a\nb", false],
    ["abc\u{1f600}d", 4, 40, "abc", true],
  ])("%j at %i characters and %i lines", (text, maxCharacters, maxLines, shown, isCut) => {
    expect(cutText(text, maxCharacters, maxLines)).toEqual({ text: shown, isCut });
  });

  it("shows that a label was cut", () => {
    expect(shortLabel("abcdef", 3)).toBe("abc…");
    expect(shortLabel("one\ntwo")).toBe("one…");
    expect(shortLabel("abc", 3)).toBe("abc");
  });
});
