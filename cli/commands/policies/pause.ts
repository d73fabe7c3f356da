// `otc-backup policies pause` and `resume`: no backups for a while, with an end and a reason.

import { Command } from "commander";
import { shellWord } from "../../../shared/domain/messages/terminal-text.ts";
import { CliError } from "../../cli-error.ts";
import { editRow, storedRow } from "../../edit-one.ts";
import { addSiteOptions } from "../../output.ts";
import { openTables, type WhereOptions } from "../../tables-access.ts";

interface PauseOptions extends WhereOptions {
  readonly until: string;
  readonly reason: string;
}

const hourMs = 3_600_000;

export function pauseCommand(): Command {
  return addSiteOptions(new Command("pause"))
    .description("no backups of a policy until then; its slots are recorded as skipped, and nobody is paged")
    .argument("<policy>", "id of a policy")
    .requiredOption("--until <when>", "last day (2026-12-31), instant with offset, or a time from now: 6h, 3d")
    .requiredOption("--reason <text>", "why, for whoever wonders")
    .action(pause);
}

export function resumeCommand(): Command {
  return addSiteOptions(new Command("resume"))
    .description("end a pause now")
    .argument("<policy>", "id of a policy")
    .action(resume);
}

async function pause(policyId: string, options: PauseOptions): Promise<void> {
  const tables = await openTables(options);
  try {
    const row = await storedRow(tables, policyId);
    refuseInvalid(policyId, row.parse.ok);
    const pausedUntil = untilText(options.until, tables.clock.now());
    if (Date.parse(pausedUntil) + 24 * hourMs < tables.clock.now())
      throw new CliError(`--until ${options.until} is over already`, {
        hint: "name a day or an instant that lies ahead",
      });
    await editRow(tables, { policyId, fields: { ...row.fields, pausedUntil, pauseReason: options.reason } }, {});
  } finally {
    await tables.close();
  }
}

async function resume(policyId: string, options: WhereOptions): Promise<void> {
  const tables = await openTables(options);
  try {
    const row = await storedRow(tables, policyId);
    refuseInvalid(policyId, row.parse.ok);
    const { pausedUntil: _until, pauseReason: _reason, ...fields } = row.fields;
    await editRow(tables, { policyId, fields }, {});
  } finally {
    await tables.close();
  }
}

/** In an invalid row a pause would not count: the last valid version is in force. */
function refuseInvalid(policyId: string, isValid: boolean): void {
  if (isValid) return;
  throw new CliError(`the row of ${policyId} is invalid, so nothing written into it counts`, {
    exitCode: 3,
    hint: `otc-backup policies show ${shellWord(policyId)} says what is wrong; correct that first`,
  });
}

/** `6h` and `3d` count from now; anything else is the row's own business and judged by its parser. */
function untilText(text: string, now: number): string {
  const span = /^(\d{1,4})([hd])$/.exec(text.trim());
  if (span === null) return text.trim();
  const ms = Number(span[1]) * (span[2] === "h" ? hourMs : 24 * hourMs);
  return `${new Date(now + ms).toISOString().slice(0, 16)}:00Z`;
}
