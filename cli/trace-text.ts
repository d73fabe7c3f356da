// Decision traces as text: what became of a slot, then the facts, the steps and what to do, in about ten lines.

import type { Trace } from "../shared/domain/runs/decision-trace.ts";
import { slotText } from "../shared/domain/runs/naming.ts";
import { factsText, plural, tinted, widest, wrapped } from "./output.ts";
import type { Answer } from "./read-traces.ts";
import { relativeText, wallSeconds, wallText, whenText } from "./time-text.ts";

/** So many are told in full; of the rest only what became of them. */
const inFull = 3;

/** `site`: how commands name it, for what to type. */
export function tracesText(answers: readonly Answer[], now: number, site: string): string {
  const texts = answers.map((answer, i) =>
    i < inFull ? traceText(answer, now, site) : `${headline(answer, now)}\n  ${answer.trace.verdict}`,
  );
  const more = answers.length > inFull ? [`${plural(answers.length, "slot")}, the worst first`] : [];
  return [...texts, ...more].join("\n\n");
}

function headline({ policyId, instanceId, slotAt, zone }: Answer, now: number): string {
  const at = `${wallText(slotAt, now, zone)}, ${relativeText(slotAt, now)}`;
  return `${tinted("strong", policyId)} ${instanceId}\n  slot ${slotText(slotAt)} = ${at}`;
}

const tones = { good: "good", bad: "bad", open: "warning", skipped: "dim", nothing: "dim" } as const;

function traceText(answer: Answer, now: number, site: string): string {
  const { trace, zone } = answer;
  const verdict = wrapped(trace.verdict, widest - 4).map((line) => `  ${tinted(tones[trace.end], line)}`);
  const facts = factsText([
    ...trace.facts.map(({ name, text, at }) => {
      return [name, at === undefined ? text : `${whenText(at, now, zone)}, ${text}`] as const;
    }),
    ...trace.steps.map((step) => [wallSeconds(step.at, zone), stepText(step, zone)] as const),
    ...trace.advice.map((text, i) => [i === 0 ? "do" : "", typed(text, site)] as const),
  ]);
  return [headline(answer, now), ...verdict, facts].join("\n");
}

/** A command of ours as it is to be typed for this site. */
function typed(text: string, site: string): string {
  return text.replace(/otc-backup [a-z].*$/, (command) => `${command} ${site}`);
}

function stepText({ text, times, lastAt, answer }: Trace["steps"][number], zone: string): string {
  const repeats = times > 1 ? `, ${times} times, last ${wallSeconds(lastAt, zone)}` : "";
  return `${text}${answer === undefined ? "" : ` [${answer}]`}${repeats}`;
}
