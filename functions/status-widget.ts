// Lambda entry: the dashboard's first widget. Called by CloudWatch for whoever looks at the dashboard; nobody else may.

import { onLambdaSite } from "../shared/function-entry.ts";
import { answerWidget } from "../shared/widget-entry.ts";

const on = onLambdaSite("status-widget");

export const handler = (event: unknown, context: { readonly invokedFunctionArn: string }) =>
  on((site, { stage }) => answerWidget(site, event, { stage, functionArn: context.invokedFunctionArn }));
