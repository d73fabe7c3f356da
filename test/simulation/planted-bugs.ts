// Bugs that a detector worth having finds: each is a small change to the product, planted into a copy, one at a time.
// planted-bugs.test.ts keeps the list true to the code; `npm run simulate:planted` shows each one caught.

export interface PlantedBug {
  readonly name: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
}

export const plantedBugs: readonly PlantedBug[] = [
  {
    name: "a claim is written without its condition",
    file: "shared/adapters/dynamodb-run-store.ts",
    find: 'expression: "attribute_not_exists(pk)"',
    replace: 'expression: "attribute_not_exists(pk) OR attribute_exists(pk)"',
  },
  {
    name: "a change is written over whatever stands there",
    file: "shared/adapters/dynamodb-run-store.ts",
    find: 'expression: "#version = :version"',
    replace: 'expression: "#version = :version OR attribute_exists(pk)"',
  },
  {
    name: "the name is made from now",
    file: "shared/domain/runs/run-machine.ts",
    find: "backupName(prefix, run, run.attempt)",
    replace: "backupName(prefix, { ...run, slotAt: now }, run.attempt)",
  },
  {
    name: "alerts are marked before they are sent",
    file: "shared/workflows/deliver-alerts.ts",
    find: "const notice = runNotice(group);",
    replace:
      "for (const { run, alert } of group.items) await work.journal.replace(run, alertsDelivered(run, [alert], site.clock.now()));\n    const notice = runNotice(group);",
  },
  {
    name: "a backup that vanished is waited for",
    file: "shared/domain/runs/decide-look.ts",
    find: "return backupAbsent(run, {",
    replace:
      "if (now > 0) return keepBuilding(run, { now, nextLookAt: now + pollBoundMs });\n  return backupAbsent(run, {",
  },
  {
    name: "the slot in the hour that the clocks skip is lost",
    file: "shared/domain/slots/slots.ts",
    find: "if (minute !== previous) yield minute * minuteMs;",
    replace: "if (minute !== previous && minute === match - period.offsetMinutes) yield minute * minuteMs;",
  },
  {
    name: "one page per database",
    file: "shared/domain/messages/alert-text.ts",
    find: "[alert.level, alert.kind, run.account, causeOf(run)]",
    replace: "[alert.level, alert.kind, run.account, causeOf(run), run.instanceId]",
  },
  {
    name: "a request without an answer is sent again without a look",
    file: "shared/domain/runs/run-machine.ts",
    find: 'advance(run, { to: "requested", ...because(why), at: now }, { lastFailure: why, dueAt: now })',
    replace:
      'advance(run, { to: "waiting", ...because(why), at: now }, { lastFailure: why, dueAt: now, attempt: run.attempt + 1 })',
  },
  {
    name: "the accounting moves on although a part of the tick failed",
    file: "shared/workflows/create-backups.ts",
    find: "const isWhole = errors.length === 0 && dispatched.unwritten + over.unwritten === 0;",
    replace: "const isWhole = errors.length >= 0;",
  },
  {
    name: "the accounting moves on before the slots are written down",
    file: "shared/workflows/create-backups.ts",
    find: 'const due = await site.runs.due("create", {',
    replace: 'await site.accounting.advance(now, { shard });\n  const due = await site.runs.due("create", {',
  },
  {
    name: "unsent alerts of a dead process are left alone",
    file: "shared/workflows/deliver-alerts.ts",
    find: "if (!current.alerts.some((a) => a.sentAt === undefined && a.leaseUntilAt <= now)) continue;",
    replace: "if (now > 0) continue;",
  },
  {
    name: "after an outage only the newest slot is remembered",
    file: "shared/domain/slots/due-slots.ts",
    find: "const due = owed.length > 0 ? owed : slots.slice(-1);",
    replace: "const due = slots.slice(-1);",
  },
  {
    name: "a failed backup is not tried again and not told",
    file: "shared/domain/runs/run-machine.ts",
    find: '{ to: "failed", reason: "backup-failed", at: now, alert: "backup-failed" }',
    replace: '{ to: "failed", reason: "backup-failed", at: now }',
  },
  {
    name: "a backup is adopted from another database",
    file: "shared/domain/runs/decide-look.ts",
    find: "return backupAbsent(run, {",
    replace:
      'if (backups.length > 0) return complete(run, factsOf(backups[0] ?? { id: "", name: "", instanceId: "", status: "COMPLETED" }), now);\n  return backupAbsent(run, {',
  },
  {
    name: "a deletion is judged without a new look at OTC",
    file: "shared/workflows/prune-database.ts",
    find: "judgeWithLook(history, look);",
    replace: "judgeWithLook(history, { ...look, surroundings: {} });",
  },
  {
    name: "the floor of three good backups is forgotten",
    file: "shared/policies/policy-row-schema.ts",
    find: "minimum: wholeNumber(1, 10_000).default(3),",
    replace: "minimum: wholeNumber(1, 10_000).default(1),",
  },
  {
    name: "leftovers that carry our name are cleared away",
    file: "shared/workflows/prune-database.ts",
    find: "await reportLeftovers(site, { place,",
    replace:
      "const mine = { policyId: place.policyId, namePrefix: site.settings.namePrefix };\n  for (const { id } of leftovers(mine, runs, look.listing)) await work.provider.deleteBackup(id);\n  await reportLeftovers(site, { place,",
  },
  {
    name: "the grace between mark and deletion is not waited for",
    file: "shared/workflows/prune-database.ts",
    find: "mark.removableAt <= now",
    replace: "mark.markedAt <= now",
  },
  {
    name: "the deletions of a day are not limited",
    file: "shared/adapters/dynamodb-prune.ts",
    find: '":cap": cap }',
    replace: '":cap": cap * 9 }',
  },
  {
    name: "older code takes newer records for its own",
    file: "shared/adapters/run-item.ts",
    find: "item.schemaVersion > schemaVersion",
    replace: "item.schemaVersion > 9",
  },
  {
    name: "a selector leaves a database out",
    file: "shared/domain/coverage/selector.ts",
    find: "const matched = meant.filter((instance) => !instance.isReplica)",
    replace: "const matched = meant.filter((instance, index) => !instance.isReplica && index < 2)",
  },
  {
    name: "a slot whose databases cannot be worked out is let go",
    file: "shared/workflows/dispatch-account.ts",
    find: "const standIns = selectors.flatMap((work) =>",
    replace: "const standIns = selectors.slice(0, 0).flatMap((work) =>",
  },
  {
    name: "a slot nobody came for names only some of the databases it was for",
    file: "shared/workflows/resolve-selectors.ts",
    find: "return meant.map((member) => missAtBirth(",
    replace: "return meant.slice(1).map((member) => missAtBirth(",
  },
  {
    name: "a refused password is tried again",
    file: "shared/adapters/ledger-login-guard.ts",
    find: "return blockedUntilAt > this.#clock.now() ? blockedUntilAt : undefined;",
    replace: "return blockedUntilAt > Number.POSITIVE_INFINITY ? blockedUntilAt : undefined;",
  },
  {
    name: "what OTC says is kept as it came",
    file: "shared/otc/exchange.ts",
    find: "providerMessage: parts.redactor.message(body.message)",
    replace: "providerMessage: body.message",
  },
  {
    name: "an error quotes what it could not read",
    file: "shared/adapters/secrets-manager-accounts.ts",
    find: 'const name = error instanceof Error ? error.name : "unknown error";',
    replace: "const name = String(error);",
  },
  {
    name: "the configured rate is not kept",
    file: "shared/services.ts",
    find: "ceilingPerSecond: config.otcRatePerSecond * part",
    replace: "ceilingPerSecond: config.otcRatePerSecond * part * 3",
  },
  {
    name: "a name that OTC let in twice is told to nobody",
    file: "shared/domain/audit/explain-backup.ts",
    find: 'const isTwin = twin === undefined ? "" :',
    replace: 'if (twin !== undefined) return { kind: "known" };\n  const isTwin = twin === undefined ? "" :',
  },
  {
    name: "what OTC holds does not correct a record that was written anew",
    file: "shared/domain/audit/explain-backup.ts",
    find: "if (!hasEnded(run) && twin === undefined)",
    replace: "if (twin === undefined)",
  },
  {
    name: "a backup that the listing of instances shows as building counts as looked at by nobody",
    file: "shared/domain/runs/plan-looks.ts",
    find: "return wasSeen && !owed.includes(run.instanceId) ?",
    replace: "return wasSeen && owed.length > mostOwed ?",
  },
  {
    name: "a run that has waited for an hour makes an outage of OTC's first failure",
    file: "shared/workflows/dispatch-accounts.ts",
    find: "troubledSince(run, { trying: true }) ?? now",
    replace: "troubledSince(run, { trying: true }) ?? run.createdAt",
  },
];
