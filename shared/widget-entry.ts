// The function behind the dashboard's widget: reads the status and answers with HTML. It changes nothing, and its role could
// not: no secret, no topic, no write.

import { failureFrom } from "./domain/failure.ts";
import type { Site } from "./ports.ts";
import { renderWidget, renderWidgetFailure, renderWidgetStory, type WidgetView } from "./status/page/render-widget.ts";
import { parseWidgetEvent } from "./status/page/widget-event.ts";
import { readStatus } from "./status/read-status.ts";

/** What the console shows to someone who adds the widget by hand. */
const description = {
  markdown:
    "### otc-backup\nHow fresh the backups of every database are, the last 30 nights, what runs now and what is wrong. It takes no parameters.",
};

export interface WidgetFacts {
  readonly stage: string;
  readonly functionArn: string;
}

/** Never throws for what a table answers: the widget says it itself. */
export async function answerWidget(
  site: Site,
  event: unknown,
  facts: WidgetFacts,
): Promise<string | { readonly markdown: string }> {
  const { describe, story, theme, timeZone } = parseWidgetEvent(event);
  if (describe) return description;
  const view: WidgetView = { ...facts, theme, timeZone };
  try {
    const status = await readStatus(site, { now: site.clock.now() });
    return story === undefined ? renderWidget(status, view) : renderWidgetStory(status, story, view);
  } catch (error) {
    const failure = failureFrom(error);
    site.log.error({ event: "status-unreadable", message: "the status cannot be read", failure });
    return renderWidgetFailure(`${failure.message} (${failure.code})`, view);
  }
}
