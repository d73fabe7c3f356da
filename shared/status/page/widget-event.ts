// What CloudWatch sends to the function of a custom widget: a question what it is, or the viewer's theme and zone and,
// after a click on a night, which one. Whatever cannot be read is left at its default: a page without a zone is better than none.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/add_custom_widget_dashboard_about.html

import * as z from "zod";

const eventSchema = z.object({
  describe: z.boolean().optional().catch(undefined),
  story: z
    .object({ key: z.string().max(300), night: z.string().max(10) })
    .optional()
    .catch(undefined),
  widgetContext: z
    .object({
      theme: z.enum(["light", "dark"]).catch("light"),
      timezone: z.object({ offsetISO: z.string() }).optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
});

export interface WidgetRequest {
  /** The console asks what parameters the widget takes. */
  readonly describe: boolean;
  /** The night of a database whose story is wanted, as the widget's own cell named it. */
  readonly story: { readonly key: string; readonly night: string } | undefined;
  readonly theme: "light" | "dark";
  /** Known to Intl. */
  readonly timeZone: string;
}

export function parseWidgetEvent(event: unknown): WidgetRequest {
  const parsed = eventSchema.safeParse(event);
  const { describe, story, widgetContext } = parsed.success ? parsed.data : {};
  return {
    describe: describe === true,
    story,
    theme: widgetContext?.theme ?? "light",
    timeZone: usableZone(widgetContext?.timezone?.offsetISO),
  };
}

function usableZone(zone: string | undefined): string {
  try {
    return new Intl.DateTimeFormat("en-GB", { timeZone: zone ?? "UTC" }).resolvedOptions().timeZone;
  } catch {
    return "UTC";
  }
}
