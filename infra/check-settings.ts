// Checks the settings of a stage when the template is made, so that a wrong value is a message here and not a function that cannot
// start, an alarm nobody hears or a deployment that fails half-way. The functions' own values are judged by their own parser.

import { RetentionDays } from "aws-cdk-lib/aws-logs";
import { ConfigError, parseConfig } from "../shared/config.ts";
import { functionEnvironment } from "./function-environment.ts";
import { resourceNames } from "./resource-names.ts";
import { scheduledFunctions } from "./scheduled-functions.ts";
import type { Endpoints, StageSettings } from "./settings.ts";

/** Every problem of a stage's settings, each naming setting, value and remedy. Empty when all is well. */
export function settingsProblems(stage: string, settings: StageSettings): string[] {
  return [
    ...expect(
      /^[a-z][a-z0-9]{0,15}$/.test(stage),
      "the stage's name",
      stage,
      "use up to 16 lower-case letters or digits, a letter first",
    ),
    ...placeProblems(settings),
    ...tickProblems(settings),
    ...endpointProblems("page", settings.page),
    ...endpointProblems("ticket", settings.ticket),
    ...functionProblems(stage, settings),
  ];
}

/** Throws an Error listing every problem of the stage. */
export function checkSettings(stage: string, settings: StageSettings): void {
  const problems = settingsProblems(stage, settings);
  if (problems.length > 0) throw new Error(`settings of stage "${stage}" are not usable: ${problems.join("; ")}`);
}

/** Values that are there to be replaced: they synthesize, but a deployment with them would alert nobody. */
export function placeholdersIn(settings: StageSettings): string[] {
  const addresses = [settings.page, settings.ticket].flatMap((e) => [...e.emails, ...e.httpsUrls]);
  const examples = addresses.filter((a) => /[@/.](example\.(com|org|net)|[^@/]*\.(invalid|example))(\/|$)/.test(a));
  const account = settings.account;
  return account === "111122223333" ? [account, ...examples] : examples;
}

function placeProblems(settings: StageSettings): string[] {
  const { account, region, owner, runbook, logRetentionDays, reservedConcurrency } = settings;
  const retentions = Object.values(RetentionDays).filter((days) => typeof days === "number" && days <= 3653);
  return [
    ...expect(
      account === undefined || /^\d{12}$/.test(account),
      "account",
      account,
      "write the 12 digits of the AWS account, or leave it out",
    ),
    ...expect(/^[a-z]{2}(-[a-z]+)+-\d$/.test(region), "region", region, "write an AWS region such as eu-central-1"),
    ...expect(
      /\S/.test(owner) && owner.length <= 120,
      "owner",
      owner,
      "say in 1 to 120 characters who answers for the backups",
    ),
    ...expect(
      /\S/.test(runbook) && runbook.length <= 160,
      "runbook",
      runbook,
      "say in 1 to 160 characters where docs/operations.md can be read",
    ),
    ...expect(
      retentions.includes(logRetentionDays),
      "logRetentionDays",
      logRetentionDays,
      `use one of ${retentions.join(", ")}`,
    ),
    ...expect(
      reservedConcurrency === undefined || isWhole(reservedConcurrency, 1, 10),
      "reservedConcurrency",
      reservedConcurrency,
      "use 1 to 10, or leave it out",
    ),
  ];
}

function tickProblems({ tickEveryMinutes, pollBoundSeconds }: StageSettings): string[] {
  return scheduledFunctions.flatMap(({ name, everyMinutesAtMost }) => {
    const minutes = tickEveryMinutes[name];
    const setting = `tickEveryMinutes.${name}`;
    return [
      ...expect(isWhole(minutes, 1, everyMinutesAtMost), setting, minutes, `use 1 to ${everyMinutesAtMost} minutes`),
      ...expect(
        name !== "poll-backups" || hasTicksFor(pollBoundSeconds, minutes),
        setting,
        minutes,
        `tick at least every ${pollBoundSeconds} seconds (pollBoundSeconds), every minute or so that it is a whole number of ticks`,
      ),
    ];
  });
}

/** Looks are made at ticks: a bound that ends between two slow ones would be kept only at the one after. */
function hasTicksFor(boundSeconds: number, everyMinutes: number): boolean {
  const tickSeconds = everyMinutes * 60;
  return tickSeconds <= boundSeconds && (everyMinutes === 1 || boundSeconds % tickSeconds === 0);
}

function endpointProblems(name: "page" | "ticket", { emails, httpsUrls }: Endpoints): string[] {
  return [
    ...expect(
      emails.length + httpsUrls.length > 0,
      name,
      "no endpoint",
      "name at least one e-mail address or https URL, or alerts reach nobody",
    ),
    ...emails.flatMap((email, i) =>
      expect(/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email), `${name}.emails[${i}]`, email, "write an e-mail address"),
    ),
    ...httpsUrls.flatMap((url, i) =>
      expect(
        /^https:\/\/[^\s/@]+\.[^\s@]+$/.test(url),
        `${name}.httpsUrls[${i}]`,
        url,
        "write an https URL without user name",
      ),
    ),
  ];
}

/** Asks the parser that the functions will ask at start, so that no rule stands twice. */
function functionProblems(stage: string, settings: StageSettings): string[] {
  const names = resourceNames(stage);
  const addresses = { ...names, pageTopicArn: names.pageTopic, ticketTopicArn: names.ticketTopic };
  try {
    parseConfig({ ...functionEnvironment(stage, settings, addresses) });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return [...error.problems];
    throw error;
  }
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

function expect(holds: boolean, setting: string, value: string | number | undefined, remedy: string): string[] {
  return holds ? [] : [`${setting} is ${JSON.stringify(value)}: ${remedy}`];
}
