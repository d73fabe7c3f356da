import { expect, test } from "vitest";
import { PageFeed } from "../../../local/page/page-feed.ts";
import type { PageParts } from "../../../shared/status/page/render-page.ts";

function parts(rows: Record<string, string>, verdict = "good"): PageParts {
  const sections = { asof: "a", verdict, problems: "p", running: "r", counts: "c", heads: "h" };
  return { title: verdict, sections, rows: new Map(Object.entries(rows)) };
}

test("a page gets only what has changed since the version it has", () => {
  const feed = new PageFeed("f");
  feed.take(parts({ a: "1", b: "1" }));
  const before = feed.version;
  feed.take(parts({ a: "1", b: "2" }, "bad"));
  expect(feed.changesSince("f", before)).toEqual({
    feed: "f",
    version: before + 1,
    title: "bad",
    sections: { verdict: "bad" },
    rows: [["b", "2"]],
    order: ["a", "b"],
  });
  expect(feed.changesSince("f", feed.version).rows).toEqual([]);
});

test("the same picture again is no news; another order is", () => {
  const feed = new PageFeed("f");
  feed.take(parts({ a: "1", b: "1" }));
  feed.take(parts({ a: "1", b: "1" }));
  expect(feed.version).toBe(1);
  feed.take(parts({ b: "1", a: "1" }));
  expect(feed.version).toBe(2);
  expect(feed.changesSince("f", 1)).toMatchObject({ rows: [], order: ["b", "a"] });
});

test("a page of a site that was started anew gets everything", () => {
  const feed = new PageFeed("new");
  feed.take(parts({ a: "1" }));
  expect(feed.changesSince("old", 77)).toMatchObject({ feed: "new", rows: [["a", "1"]], sections: { heads: "h" } });
});

test("a row that has left and come back is sent again", () => {
  const feed = new PageFeed("f");
  feed.take(parts({ a: "1", b: "1" }));
  feed.take(parts({ a: "1" }));
  feed.take(parts({ a: "1", b: "1" }));
  expect(feed.changesSince("f", 2)).toMatchObject({ rows: [["b", "1"]], order: ["a", "b"] });
});
