// The page in a real browser, served as `npm start` serves it: content, keyboard, live changes, accessibility, hostile names.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { startPageServer } from "../../../local/page/page-server.ts";
import { renderWidget } from "../../../shared/status/page/render-widget.ts";
import type { SiteStatus } from "../../../shared/status/status-model.ts";
import { siteStatus } from "../../../shared/status/status-model.ts";
import {
  aBuilding,
  aFailed,
  aGood,
  aPolicy,
  database,
  factsOf,
  night,
  now,
  siteOf,
} from "../../shared/status/status-builder.ts";
import { findBrowser, inCi, type Look, openBrowser } from "../../support/browser.ts";

const found = await findBrowser();
if ("missing" in found) console.warn(`\nSTATUS PAGE NOT TESTED IN A BROWSER: ${found.missing}\n`);

test.runIf(inCi)("in CI there is a browser", () => {
  expect(found).toEqual({ path: expect.any(String) });
});

const hostile = `<img src=x onerror="window.pwned=1">"'</script><script>window.pwned=1</script>`;

function aNamed(policyId: string, runs: ReturnType<typeof aGood>[], changes: Record<string, unknown> = {}) {
  return factsOf({ inForce: aPolicy({ policyId, ...changes }), runs: runs.map((run) => ({ ...run, policyId })) });
}

/** Five databases: one failed, one being made, two fresh, one paused; an owner who tries to be markup. */
function aSmallSite(): SiteStatus {
  const good = (ago: number) => aGood({ slotAt: night(ago), minutes: 10 + (ago % 4), sizeKb: 4_000_000 - ago * 9000 });
  const nights = (first: number) => Array.from({ length: 28 - first }, (_, i) => good(first + i));
  const paused = { pausedUntil: "2026-11-26T00:00:00Z", pauseReason: "migration" };
  const policies = [
    aNamed("nightly-billing", [aFailed({ slotAt: night(0) }), ...nights(1)], { owner: "team-finance" }),
    aNamed("nightly-crm", [aBuilding({ slotAt: now - 5 * 60_000 }), ...nights(0)]),
    aNamed("nightly-orders", nights(0), { owner: hostile }),
    aNamed("nightly-shop", nights(0), { owner: "team-shop" }),
    aNamed("nightly-wiki", nights(2), paused),
  ];
  const unreadable = { policyId: hostile, problems: [`schedule: ${hostile}: wrong`], instanceIds: [], runs: [] };
  return siteStatus(siteOf([...policies, unreadable]));
}

function aLargeSite(): SiteStatus {
  const policies = Array.from({ length: 500 }, (_, i) =>
    aNamed(
      `nightly-${String(i).padStart(3, "0")}`,
      Array.from({ length: 30 }, (_, ago) =>
        i === 7 && ago === 0 ? aFailed({ slotAt: night(0) }) : aGood({ slotAt: night(ago) }),
      ),
    ),
  );
  return siteStatus(siteOf(policies));
}

describe.skipIf("missing" in found)("the status page in a browser", () => {
  let browser: Awaited<ReturnType<typeof openBrowser>>;
  beforeAll(async () => {
    browser = await openBrowser("path" in found ? found.path : "");
  });
  afterAll(() => browser.close());

  /** The page of a site that can be changed, and everything the browser complained about. */
  async function open(first: SiteStatus, look: Look = {}) {
    let shown = first;
    const server = await startPageServer({
      read: async () => shown,
      stage: "test",
      siteFlags: "--local",
      timeZone: "UTC",
      port: 0,
    });
    onTestFinished(() => server.close());
    const context = await browser.look(look);
    onTestFinished(() => context.close());
    const page = await context.newPage();
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => requests.push(request.url()));
    await page.goto(server.url);
    const change = (next: SiteStatus) => {
      shown = next;
      server.refresh();
    };
    return { page, complaints, requests, change, server };
  }

  const cell = (page: Page, policyId: string, last = 0) =>
    page.locator(`.db[data-key="${policyId}/${database}"] .nights > b`).nth(29 - last);

  test("the verdict is what one reads first; the failed database is the first row; nothing is fetched from elsewhere", async () => {
    const { page, complaints, requests, server } = await open(aSmallSite());
    expect(await page.title()).toContain("2 of 6 at risk");
    expect(await page.locator(".verdict").innerText()).toContain("Act now");
    expect(await page.locator("#rows .who strong").allInnerTexts()).toEqual([
      hostile,
      "nightly-billing",
      "nightly-crm",
      "nightly-orders",
      "nightly-shop",
      "nightly-wiki",
    ]);
    expect(await page.locator("#running progress").getAttribute("value")).toBe("45");
    await page.locator("#link", { hasText: "live" }).waitFor();
    expect(requests.filter((url) => !url.startsWith(server.url) && !url.startsWith("data:"))).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test("hostile names in rows stay text, in the page, in stories and in live changes", async () => {
    const { page, complaints, change } = await open(aSmallSite());
    await cell(page, "nightly-orders").click();
    await page.locator("#story article").waitFor();
    await page.keyboard.press("Escape");
    change(siteStatus(siteOf([aNamed("nightly-shop", [], { owner: `again ${hostile}` })])));
    await page.locator("#rows .db").nth(0).getByText("nightly-shop").waitFor();
    await page.locator("#rows .db").nth(1).waitFor({ state: "detached" });
    expect(await page.locator(".who").innerText()).toContain(`again ${hostile}`);
    expect(await page.locator("#rows img, #problems img, #rows script").count()).toBe(0);
    expect(await page.evaluate("window.pwned")).toBeUndefined();
    expect(complaints).toEqual([]);
  });

  test("a click on a night tells the run's story, Escape leads back to the night", async () => {
    const { page, complaints } = await open(aSmallSite());
    await cell(page, "nightly-billing").click();
    const story = page.locator("#story");
    await story.locator("article").waitFor();
    expect(await story.innerText()).toContain("backup-failed");
    expect(await story.innerText()).toContain("Step by step");
    await page.keyboard.press("Escape");
    await story.waitFor({ state: "hidden" });
    expect(await page.evaluate("document.activeElement.textContent")).toBe("failed");
    expect(complaints).toEqual([]);
  });

  test("by keyboard alone: Tab reaches one night, arrows move, Enter opens, the focus is seen", async () => {
    const { page } = await open(aSmallSite());
    expect(await page.locator("#rows [tabindex]").count()).toBe(1);
    await page.locator("#counts button").last().focus();
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowDown");
    const active = () => page.evaluate("document.activeElement.title");
    expect(await active()).toContain("Tue 24 Nov");
    await page.keyboard.press("ArrowLeft");
    expect(await active()).toContain("Mon 23 Nov");
    await page.keyboard.press("ArrowDown");
    expect(await page.evaluate("document.activeElement.closest('.db').dataset.key")).toContain("nightly-crm");
    await page.keyboard.press("Home");
    expect(
      await page.evaluate("[...document.activeElement.parentElement.children].indexOf(document.activeElement)"),
    ).toBe(0);
    await page.keyboard.press("End");
    expect(await page.locator("#rows [tabindex]").count()).toBe(1);
    const outline = await page.evaluate("getComputedStyle(document.activeElement).outlineWidth");
    expect(outline).toBe("3px");
    await page.keyboard.press("Enter");
    await page.locator("#story article").first().waitFor();
    expect(await page.evaluate("document.querySelector('#story').contains(document.activeElement)")).toBe(true);
  });

  test("changes come in live: the focus stays on its night, although its database has moved", async () => {
    const { page, change, complaints } = await open(aSmallSite());
    await cell(page, "nightly-shop", 3).click();
    await page.keyboard.press("Escape");
    const shop = aNamed("nightly-shop", [aGood({ slotAt: night(3) }), aFailed({ slotAt: night(0) })]);
    change(siteStatus(siteOf([aNamed("nightly-orders", [aGood({ slotAt: night(0) })]), shop])));
    await page.locator("#rows .db").nth(2).waitFor({ state: "detached" });
    expect(await page.locator("#rows .who strong").allInnerTexts()).toEqual(["nightly-shop", "nightly-orders"]);
    expect(await page.evaluate("document.activeElement.title")).toContain("Sat 21 Nov");
    expect(await page.title()).toContain("1 of 2 at risk");
    expect(complaints).toEqual([]);
  });

  test("when the site stops the page says that it may be old", async () => {
    const { page, server } = await open(aSmallSite());
    await page.locator("#link", { hasText: "live" }).waitFor();
    await server.close();
    await page.locator("#link.lost", { hasText: "connection lost" }).waitFor();
  });

  test("500 policies: the first screens at once, the others by scrolling, any by its name, the troubled by one click", async () => {
    const { page, complaints } = await open(aLargeSite());
    expect(await page.locator("#rows .db").count()).toBe(60);
    expect(await page.locator("#grid").getAttribute("aria-rowcount")).toBe("501");
    await page.locator("#shown").scrollIntoViewIfNeeded();
    await page.locator("#rows .db").nth(119).waitFor({ state: "attached" });
    await page.locator("#filter").fill("nightly-499");
    await page.locator("#shown", { hasText: "1 of 500" }).waitFor();
    expect(await page.locator("#rows .who strong").allInnerTexts()).toEqual(["nightly-499"]);
    await page.locator("#filter").fill("");
    await page.locator('.count[data-level="troubled"]').click();
    expect(await page.locator("#rows .who strong").allInnerTexts()).toEqual(["nightly-007"]);
    await page.locator("#filter").fill("nobody");
    expect(await page.locator("#shown").innerText()).toBe("No database matches.");
    expect(complaints).toEqual([]);
  });

  test("without script it still says everything of the first screens", async () => {
    const { page } = await open(aSmallSite(), { javaScriptEnabled: false });
    expect(await page.locator(".verdict").innerText()).toContain("2 of 6 at risk");
    expect(await page.locator("#rows .db").count()).toBe(6);
  });

  test("on a phone nothing is wider than the screen, and a night is large enough for a thumb", async () => {
    const { page } = await open(aSmallSite(), { width: 390 });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
    const box = await cell(page, "nightly-shop").boundingBox();
    expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(18);
  });

  test.each([
    { colorScheme: "light", width: 1360 },
    { colorScheme: "dark", width: 1360 },
    { colorScheme: "light", width: 390 },
    { colorScheme: "dark", width: 390 },
  ] as const)("accessibility: no violation, $colorScheme at $width", async (look) => {
    const { page } = await open(aSmallSite(), look);
    const closed = await violations(page);
    await cell(page, "nightly-billing").click();
    await page.locator("#story article").waitFor();
    expect([...closed, ...(await violations(page))]).toEqual([]);
  });
});

describe.skipIf("missing" in found)("the dashboard's widget in a browser without script", () => {
  test.each(["light", "dark"] as const)("no violation in %s, and the last story opens", async (theme) => {
    const browser = await openBrowser("path" in found ? found.path : "");
    onTestFinished(() => browser.close());
    const page = await (await browser.look()).newPage();
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    const view = { stage: "test", theme, timeZone: "UTC", functionArn: "arn:aws:lambda:eu-central-1:1:function:w" };
    const shell = `<!doctype html><html lang="en"><title>dashboard</title><body><main><h1>Dashboard</h1>`;
    await page.setContent(shell + renderWidget(aSmallSite(), view));
    await page.locator("summary", { hasText: "nightly-billing" }).click();
    expect(await page.locator("details .story").innerText()).toContain("Step by step");
    expect(await page.locator("cwdb-action").first().isVisible()).toBe(false);
    expect(await page.locator(".who img, .who script").count()).toBe(0);
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });
});

/** By axe-core, with every rule that stands for a success criterion up to WCAG 2.2 AA and its best practices. */
async function violations(page: Page): Promise<unknown[]> {
  const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  // Evaluated through the debugger, which the page's content policy does not concern.
  await page.evaluate(axe);
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const found: unknown = await page.evaluate(
    `axe.run(document, { runOnly: ${JSON.stringify(tags)}, resultTypes: ["violations"] }).then(({ violations }) => violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.slice(0, 3).map((node) => node.html + " " + node.failureSummary) })))`,
  );
  return Array.isArray(found) ? found : [found];
}
