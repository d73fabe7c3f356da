// The last looks before a DELETE: can the listing be trusted, and may this one backup go.

import { describe, expect, test } from "vitest";
import { checkListing, leftovers, whyNotDelete } from "../../../../shared/domain/audit/listing-check.ts";
import type { RemoteBackup } from "../../../../shared/domain/remote.ts";
import { judgeRetention } from "../../../../shared/domain/retention/retention.ts";
import type { Run } from "../../../../shared/domain/runs/run.ts";
import { aRun, facts, instanceId, nights, terms } from "../../../support/retention-history.ts";

const rowOf = (run: Run): RemoteBackup => ({
  id: run.backupId ?? "",
  name: run.name ?? "",
  instanceId: run.instanceId,
  status: run.state === "failed" ? "FAILED" : "COMPLETED",
  sizeKb: 1000,
});

const runs = [...nights(4, "2026-11-24"), aRun({ slot: "2026-11-20T02:30Z", state: "failed" })];
const verdict = judgeRetention(runs, facts({ terms: terms({ keepLast: 2, minimum: 2 }) }));
const judged = [...verdict.keep, ...verdict.remove];
const listing = runs.map(rowOf);
const without = (slot: string) => listing.filter((row) => row.id !== `b-${slot}`);
const changed = (slot: string, change: Partial<RemoteBackup>) =>
  listing.map((row) => (row.id === `b-${slot}` ? { ...row, ...change } : row));

describe("a listing is", () => {
  test("complete when every completed backup of the ledger is in it as recorded, whatever else it shows", () => {
    const more: RemoteBackup = { id: "x", name: "by-hand", instanceId, status: "BUILDING" };
    expect(checkListing(judged, [...listing, more])).toBe("complete");
  });

  test("complete without a FAILED one that somebody cleared away", () => {
    expect(checkListing(judged, without("2026-11-20T02:30Z"))).toBe("complete");
  });

  test.each([
    ["misses one", without("2026-11-21T02:30Z"), "not listed"],
    ["shows one under another name", changed("2026-11-21T02:30Z", { name: "renamed" }), "another name"],
    ["shows one on another database", changed("2026-11-21T02:30Z", { instanceId: "other" }), "database"],
    ["shows one as FAILED", changed("2026-11-24T02:30Z", { status: "FAILED" }), "FAILED at OTC"],
    [
      "shows one as DELETING, which nobody here asked for",
      changed("2026-11-24T02:30Z", { status: "DELETING" }),
      "DELETING",
    ],
    ["shows one twice", [...listing, ...listing.slice(0, 1)], "twice"],
    ["is empty", [], "not listed"],
  ])("inconsistent when it %s", (_what, rows, message) => {
    expect(checkListing(judged, rows)).toMatchObject({
      reason: "listing-inconsistent",
      message: expect.stringContaining(message),
    });
  });
});

describe("one backup may go", () => {
  const candidate = (slot: string) => {
    const found = verdict.remove.find((j) => j.backup.id === `b-${slot}`);
    if (found === undefined) throw new Error(`${slot} is kept`);
    return found;
  };
  const doubt = (slot: string, rows: readonly RemoteBackup[], minimum = 2) =>
    whyNotDelete(candidate(slot), { listing: rows, judged, minimum });

  test("when it is listed as recorded and enough newer good ones are listed too", () => {
    expect(doubt("2026-11-21T02:30Z", listing)).toBeUndefined();
    expect(doubt("2026-11-20T02:30Z", listing)).toBeUndefined();
  });

  test.each([
    ["is not listed", "2026-11-21T02:30Z", without("2026-11-21T02:30Z"), "does not list"],
    ["is listed under another name", "2026-11-21T02:30Z", changed("2026-11-21T02:30Z", { name: "x" }), "another name"],
    ["is still building", "2026-11-21T02:30Z", changed("2026-11-21T02:30Z", { status: "BUILDING" }), "BUILDING"],
    [
      "was FAILED and is COMPLETED",
      "2026-11-20T02:30Z",
      changed("2026-11-20T02:30Z", { status: "COMPLETED" }),
      "COMPLETED",
    ],
    ["was good and is FAILED", "2026-11-21T02:30Z", changed("2026-11-21T02:30Z", { status: "FAILED" }), "FAILED"],
    ["would leave fewer than the floor", "2026-11-21T02:30Z", without("2026-11-24T02:30Z").slice(0, 2), "must stay"],
  ])("not when it %s", (_what, slot, rows, message) => {
    expect(doubt(slot, rows, 3)).toContain(message);
  });

  test("never without one newer good one, whatever minimum says", () => {
    const alone = listing.filter((row) => row.id === "b-2026-11-21T02:30Z");
    expect(doubt("2026-11-21T02:30Z", alone, 0)).toBe("only 0 newer good ones are listed, and 1 must stay");
  });
});

test("leftovers carry our policy's name and stand in no record; requests without an answer are none", () => {
  const pending = aRun({ slot: "2026-11-25T02:30Z", state: "requested" });
  const foreign: RemoteBackup = {
    id: "f",
    name: "otcbk-nightly-shop-d8e6ca5a-20260101T0230Z-aaaaaa",
    instanceId,
    status: "COMPLETED",
  };
  const unanswered: RemoteBackup = { id: "u", name: pending.name ?? "", instanceId, status: "BUILDING" };
  const byHand: RemoteBackup = { id: "h", name: "before-release", instanceId, status: "COMPLETED" };
  const place = { policyId: "nightly-shop", namePrefix: "otcbk" };
  expect(leftovers(place, [...runs, pending], [...listing, foreign, unanswered, byHand])).toEqual([foreign]);
});
