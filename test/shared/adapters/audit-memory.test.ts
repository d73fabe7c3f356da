// What a process remembers from audit to audit is bounded: the oldest goes first, and what is too large is not remembered.

import { expect, test } from "vitest";
import { ProcessAuditMemory } from "../../../shared/adapters/audit-memory.ts";
import { aRun } from "../../support/retention-history.ts";

const older = (runs: number) => ({
  readAt: 0,
  sizeFloorKb: 1,
  untilAt: 0,
  runs: Array(runs).fill(aRun({ slot: "2026-11-24T02:30Z" })),
});

test("room for ten runs: the policy remembered first makes way, and one of eleven runs finds none", () => {
  const memory = new ProcessAuditMemory(10);
  memory.remember("a", older(5));
  memory.remember("b", older(5));
  memory.remember("c", older(3));
  expect([memory.recall("a"), memory.recall("b")?.runs.length, memory.recall("c")?.runs.length]).toEqual([
    undefined,
    5,
    3,
  ]);
  memory.remember("b", older(11));
  memory.remember("d", older(7));
  expect([memory.recall("b"), memory.recall("c")?.runs.length, memory.recall("d")?.runs.length]).toEqual([
    undefined,
    3,
    7,
  ]);
  memory.forget("c");
  memory.remember("e", older(3));
  expect(memory.recall("d")?.runs.length).toBe(7);
});
