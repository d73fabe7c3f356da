import { expect, test } from "vitest";
import { html } from "../../../../shared/status/page/html.ts";
import { InstantText } from "../../../../shared/status/page/instant-text.ts";
import { cellsOf } from "../../../../shared/status/page/night-cells.ts";
import { sizeText } from "../../../../shared/status/page/quantity-text.ts";
import { pageParts, renderPage } from "../../../../shared/status/page/render-page.ts";
import { renderStories } from "../../../../shared/status/page/story.ts";
import { style } from "../../../../shared/status/page/style.ts";
import { siteStatus } from "../../../../shared/status/status-model.ts";
import {
  aBuilding,
  aFailed,
  aGood,
  aMissed,
  aPolicy,
  database,
  factsOf,
  night,
  now,
  siteOf,
} from "../status-builder.ts";

const view = { timeZone: "Europe/Berlin", siteFlags: "--local --folder night-site" };
const berlin = new InstantText(view.timeZone);
const statusOf = (runs: ReturnType<typeof aGood>[], changes = {}) =>
  siteStatus(siteOf([factsOf({ runs, inForce: aPolicy(changes), sinceAt: night(29) })]));
const only = <T>(list: readonly T[]): T => {
  const [first] = list;
  if (first === undefined || list.length !== 1) throw new Error("expected exactly one");
  return first;
};

test("text stays text, in content and in attributes, and what would deceive the eye is made visible", () => {
  const hostile = `"><script>alert(1)</script> ' & \u202egnp.exe \u0007`;
  expect(html`<a title="${hostile}">${hostile}</a>`.text).toBe(
    `<a title="${"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt; &#39; &amp; \ufffdgnp.exe \ufffd"}">${"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt; &#39; &amp; \ufffdgnp.exe \ufffd"}</a>`,
  );
  expect(html`${[html`<b>`, "<b>", undefined, 3]}`.text).toBe("<b>&lt;b&gt;3");
});

test("a cell for each of the last 30 nights of the viewer's calendar, the run on the day of its slot there", () => {
  const late = aGood({ slotAt: Date.UTC(2026, 10, 15, 23, 30) });
  const status = only(statusOf([late, aGood({ slotAt: night(0) })]).databases);
  const cells = cellsOf(status, berlin.nights(now, 30), berlin);
  expect(cells).toHaveLength(30);
  expect(cells.filter(({ runs }) => runs.length > 0).map(({ night: { key } }) => key)).toEqual([
    "2026-11-16",
    "2026-11-24",
  ]);
  expect(cells[0]).toMatchObject({ kind: "none", night: { key: "2026-10-26", label: "Mon 26 Oct" } });
});

test("a clock change gives no night twice and leaves none out", () => {
  const keys = berlin.nights(Date.UTC(2026, 9, 26, 23, 30), 4).map(({ key }) => key);
  expect(keys).toEqual(["2026-10-24", "2026-10-25", "2026-10-26", "2026-10-27"]);
});

test("a day with several runs is shown as its worst, and says how many there were", () => {
  const runs = [
    aGood({ slotAt: night(0) }),
    aFailed({ slotAt: night(0) + 3_600_000 }),
    aGood({ slotAt: night(0) + 7_200_000 }),
  ];
  const status = only(statusOf(runs, { schedule: "30 2,3,4 * * *" }).databases);
  expect(cellsOf(status, berlin.nights(now, 30), berlin).at(-1)).toMatchObject({
    kind: "failed",
    summary: "Tue 24 Nov 3 runs, worst: failed",
  });
});

test("a slot without a run is a cell of its own kind", () => {
  const status = only(statusOf([aGood({ slotAt: night(1) })]).databases);
  expect(cellsOf(status, berlin.nights(now, 30), berlin).at(-1)).toMatchObject({
    kind: "no-run",
    summary: "Tue 24 Nov no run for 03:30",
  });
});

test("a row says in words what its drawings show", () => {
  const { rows } = pageParts(
    statusOf([aGood({ slotAt: night(1), sizeKb: 3_000_000 }), aGood({ slotAt: night(0) })]),
    view,
  );
  const row = rows.get(`nightly-shop/${database}`) ?? "";
  expect(row).toContain('aria-label="5 h, target 36 h"');
  expect(row).toContain('aria-label="Size over time: last 3.8 GiB, 2.9 GiB to 3.8 GiB over 2 nights"');
  expect(row).toContain('<b role="gridcell" class="g" title="Tue 24 Nov 03:30, 3.8 GiB in 12 m">good</b>');
  expect(row).not.toContain("style=");
});

test("the story of a run: how it ended, what was told, each step in order", () => {
  const failed = renderStories([aFailed({ slotAt: night(0) })], berlin, view.siteFlags).text;
  expect(failed).toContain("failed · slot Tue 24 Nov 03:30 CET");
  expect(failed).toContain(
    "page backup-failed (a run ended without a backup, or its last attempt ended FAILED), NOT SENT YET",
  );
  expect([...failed.matchAll(/<strong>(\w+)<\/strong>: /g)].map(([, state]) => state)).toEqual([
    "waiting",
    "requested",
    "building",
    "failed",
  ]);
  expect(failed).toContain(
    `npx otc-backup runs show nightly-shop/${database}/2026-11-24T02:30Z --local --folder night-site`,
  );
});

test("the document: verdict in the title and first, no request to anywhere, rows beyond the first screens in the template", () => {
  const many = Array.from({ length: 200 }, (_, i) => {
    const policyId = `nightly-${String(i).padStart(3, "0")}`;
    return factsOf({ inForce: aPolicy({ policyId }), runs: [aMissed({ slotAt: night(0), policyId })] });
  });
  const parts = pageParts(siteStatus(siteOf(many)), view);
  const text = renderPage({ parts, stage: "prod", style, script: "//", feed: { id: "f", version: 1 } });
  expect(text).toContain("<title>200 of 200 at risk: nightly-000, nightly-001, nightly-002 and 197 more policies");
  expect(text.indexOf('class="verdict bad"')).toBeLessThan(text.indexOf('id="problems"'));
  const [before = "", template = ""] = text.split('<template id="more">');
  expect(before.match(/class="db /g)).toHaveLength(60);
  expect(template.match(/class="db /g)).toHaveLength(140);
  expect(text).not.toMatch(/(src|href)="(?!data:)/);
  expect(text).not.toMatch(/url\(|@import/);
});

test("a backup that takes longer than usual is not promised for a time that is over", () => {
  const runs = [aGood({ slotAt: night(1) }), aBuilding({ slotAt: now - 30 * 60_000 })];
  const { sections } = pageParts(siteStatus(siteOf([factsOf({ runs })])), view);
  expect(sections.running).toContain("longer than usual, expected by 08:42");
  expect(sections.running).not.toContain("usually done by");
});

test("a command in the details of an alert is shown as one, not in backticks", () => {
  const problems = ["schedule: x; `npx otc-backup policies show nightly-shop` tells <all>"];
  const { sections } = pageParts(siteStatus(siteOf([factsOf({ problems })])), view);
  expect(sections.problems).toContain(
    "schedule: x; <code>npx otc-backup policies show nightly-shop --local --folder night-site</code> tells &lt;all&gt;",
  );
});

test("what runs now has its progress, and problems their runbook", () => {
  const status = siteStatus(
    siteOf([
      factsOf({
        runs: [aGood({ slotAt: night(1) }), aBuilding({ slotAt: now - 3 * 60_000 })],
        problems: ["schedule: x"],
      }),
    ]),
  );
  const { sections } = pageParts(status, view);
  expect(sections.running).toContain('<progress max="100" value="25"');
  expect(sections.running).toContain("usually done by 09:09");
  expect(sections.problems).toContain("docs/operations.md#policy-invalid");
});

test.each([
  [1, "1 KiB"],
  [1024, "1.0 MiB"],
  [4_000_000, "3.8 GiB"],
  [52 * 1024 * 1024, "52 GiB"],
  [3 * 1024 ** 3, "3.0 TiB"],
])("%d KB is %s", (sizeKb, text) => {
  expect(sizeText(sizeKb)).toBe(text);
});
