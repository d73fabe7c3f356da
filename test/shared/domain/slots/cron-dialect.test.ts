import { describe, expect, it } from "vitest";
import { parseCron } from "../../../../shared/domain/slots/cron.ts";

function problemsOf(text: string) {
  const parsed = parseCron(text);
  return parsed.ok ? [] : parsed.problems;
}

describe("an expression in another dialect", () => {
  it.each([
    { text: "cron(30 2 * * ? *)", equivalent: "30 2 * * *" },
    { text: "cron(30 2 ? * * *)", equivalent: "30 2 * * *" },
    { text: "30 2 * * ? *", equivalent: "30 2 * * *" },
    { text: " CRON( 0/15  2 ? * 2-6 * ) ", equivalent: "0-59/15 2 * * MON-FRI" },
    { text: "cron(0 1/6 ? JAN-MAR SUN *)", equivalent: "0 1-23/6 * JAN-MAR SUN" },
    { text: "cron(0 2 1/10 3/3 ? *)", equivalent: "0 2 1-31/10 3-12/3 *" },
    { text: "cron(0 2 ? * 1 *)", equivalent: "0 2 * * SUN" },
    { text: "cron(0 2 ? * 7 *)", equivalent: "0 2 * * SAT" },
    { text: "cron(0 2 ? * 1-7 *)", equivalent: "0 2 * * SUN-SAT" },
    { text: "cron(0 2 ? * 2/2 *)", equivalent: "0 2 * * MON,WED,FRI" },
    { text: "cron(0 2 ? * 1,3-4,sat *)", equivalent: "0 2 * * SUN,TUE-WED,SAT" },
    { text: "cron(0 2 1,15 * ? *)", equivalent: "0 2 1,15 * *" },
    { text: "cron(30 2 * * *)", equivalent: "30 2 * * *" },
    { text: "@daily", equivalent: "0 0 * * *" },
    { text: "@Midnight", equivalent: "0 0 * * *" },
    { text: "@hourly", equivalent: "0 * * * *" },
    { text: "@weekly", equivalent: "0 0 * * 0" },
    { text: "@monthly", equivalent: "0 0 1 * *" },
    { text: "@yearly", equivalent: "0 0 1 1 *" },
    { text: "@annually", equivalent: "0 0 1 1 *" },
  ])("'$text' is refused with '$equivalent', which is accepted", ({ text, equivalent }) => {
    expect(problemsOf(text).map((problem) => problem.hint)).toEqual([`write "${equivalent}"`]);
    expect(parseCron(equivalent).ok).toBe(true);
  });

  it.each([
    { text: "cron(0 2 L * ? *)", hint: "L, W and # cannot be said in them" },
    { text: "cron(0 2 15W * ? *)", hint: "L, W and # cannot be said in them" },
    { text: "cron(0 2 ? * 6L *)", hint: "L, W and # cannot be said in them" },
    { text: "cron(0 2 ? * 2#1 *)", hint: "L, W and # cannot be said in them" },
    { text: "cron(0 2 1 * MON *)", hint: "write five fields" },
    { text: "cron(0 2 * * ? 2027)", hint: 'five fields cannot name a year; for every year write "0 2 * * *"' },
    { text: "0 30 2 * * *", hint: "there are no seconds and no year" },
    { text: "0 30 2 * * ?", hint: "there are no seconds and no year" },
    { text: "rate(1 day)", hint: "write five fields" },
    { text: "@reboot", hint: "write five fields" },
    { text: "CRON_TZ=Europe/Berlin 30 2 * * *", hint: 'name the zone in its own field, and write "30 2 * * *" here' },
  ])("'$text' is refused with advice where five fields cannot say it", ({ text, hint }) => {
    expect(problemsOf(text).map((problem) => problem.hint)).toEqual([expect.stringContaining(hint)]);
  });

  it("that would itself be wrong in five fields says both", () => {
    expect(problemsOf("cron(0 22-2 * * ? *)").map((problem) => problem.message)).toEqual([
      "the six-field form of AWS is not used here",
      'hour "22-2" is a descending range',
    ]);
  });
});
