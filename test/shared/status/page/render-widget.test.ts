import { expect, test } from "vitest";
import { renderWidget, renderWidgetStory } from "../../../../shared/status/page/render-widget.ts";
import { parseWidgetEvent } from "../../../../shared/status/page/widget-event.ts";
import { siteStatus } from "../../../../shared/status/status-model.ts";
import { answerWidget } from "../../../../shared/widget-entry.ts";
import { aRow, aSite } from "../../../support/test-site.ts";
import { aFailed, aGood, aMissed, aPolicy, database, factsOf, night, siteOf } from "../status-builder.ts";

const functionArn = "arn:aws:lambda:eu-central-1:111122223333:function:otc-backup-prod-status-widget";
const view = { stage: "prod", theme: "dark", timeZone: "+01:00", functionArn } as const;
const hostile = `"><script>alert(1)</script><cwdb-action action="call">{}</cwdb-action>`;

test("without script, without what CloudWatch removes, in the theme and zone of whoever looks", () => {
  const text = renderWidget(siteStatus(siteOf([factsOf({ runs: [aGood({ slotAt: night(0) })] })])), view);
  expect(text).not.toMatch(/<script|<iframe|<use|<link|<form|<button|\son\w+=|javascript:/i);
  expect(text).toContain('<div class="ob" data-theme="dark">');
  expect(text).toContain("As of <strong>Tue 24 Nov 09:00</strong>");
  expect(text).toContain("All 1 database fresh");
});

test("a night that ended badly can be clicked, and carries only its key; the last story is there without a click", () => {
  const runs = [aGood({ slotAt: night(2) }), aMissed({ slotAt: night(1) }), aFailed({ slotAt: night(0) })];
  const text = renderWidget(siteStatus(siteOf([factsOf({ runs })])), view);
  const parameters = [...text.matchAll(/<cwdb-action action="call" display="popup" endpoint="([^"]+)">([^<]+)</g)].map(
    ([, endpoint, json = ""]) => [endpoint, JSON.parse(json.replaceAll("&quot;", '"'))],
  );
  const key = `nightly-shop/${database}`;
  expect(parameters).toEqual([
    [functionArn, { story: { key, night: "2026-11-23" } }],
    [functionArn, { story: { key, night: "2026-11-24" } }],
  ]);
  expect(text).toMatch(/<details><summary>What happened to the last run of nightly-shop<\/summary>.*Step by step/s);
});

test("hostile rows stay text", () => {
  const policies = [
    { policyId: hostile, problems: [hostile], instanceIds: [], runs: [] },
    factsOf({ inForce: aPolicy({ owner: hostile }), runs: [aFailed({ slotAt: night(0) })] }),
  ];
  const text = renderWidget(siteStatus(siteOf(policies)), view);
  expect(text).not.toContain("<script");
  expect(text.match(/<cwdb-action/g)).toHaveLength(1);
});

test("however large the site, the answer stays far below Lambda's 6 MB and says what it leaves out", () => {
  const policies = Array.from({ length: 2000 }, (_, i) => {
    const policyId = `nightly-${i}`;
    const runs = Array.from({ length: 30 }, (_, ago) => ({ ...aFailed({ slotAt: night(ago) }), policyId }));
    return factsOf({ inForce: aPolicy({ policyId }), runs });
  });
  const text = renderWidget(siteStatus(siteOf(policies)), view);
  expect(text.length).toBeLessThan(1_500_000);
  expect(text).toContain("1940 more, none worse than these");
});

test("the story of a night, and of one that is not there", () => {
  const status = siteStatus(siteOf([factsOf({ runs: [aFailed({ slotAt: night(0) })] })]));
  expect(renderWidgetStory(status, { key: `nightly-shop/${database}`, night: "2026-11-24" }, view)).toContain(
    "backup-failed",
  );
  expect(renderWidgetStory(status, { key: "nobody/x", night: "2026-11-24" }, view)).toContain("holds no run");
});

test.each([
  undefined,
  null,
  "x",
  7,
  [],
  { widgetContext: 3, story: { key: 1 } },
  { widgetContext: { theme: "neon", timezone: { offsetISO: "Mars" } } },
])("the event %j is answered with what can be made of it", (event) => {
  expect(parseWidgetEvent(event)).toEqual({ describe: false, story: undefined, theme: "light", timeZone: "UTC" });
});

test("the event of the console is understood", () => {
  const widgetContext = {
    dashboardName: "d",
    theme: "dark",
    timezone: { label: "Local", offsetISO: "+02:00", offsetInMinutes: 120 },
  };
  const story = { key: "a/b", night: "2026-11-24" };
  expect(parseWidgetEvent({ story, widgetContext })).toEqual({
    describe: false,
    story,
    theme: "dark",
    timeZone: "+02:00",
  });
  expect(parseWidgetEvent({ describe: true }).describe).toBe(true);
});

test("the function answers from the site's stores, and says so where people look when they cannot be read", async () => {
  const { site, create } = await aSite([aRow()]);
  await create();
  const facts = { stage: "prod", functionArn };
  expect(await answerWidget(site, {}, facts)).toContain("nightly-shop");
  expect(await answerWidget(site, { describe: true }, facts)).toMatchObject({
    markdown: expect.stringContaining("otc-backup"),
  });
  const throttled = { ...site.accounting, accountedThrough: () => Promise.reject(new Error("throttled")) };
  const answer = await answerWidget({ ...site, accounting: throttled }, {}, facts);
  expect(answer).toContain("The status cannot be read");
  expect(answer).toContain("throttled");
});
