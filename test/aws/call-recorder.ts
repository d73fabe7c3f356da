// Passes AWS calls on to the emulator and notes which IAM action each one is, and for tables on which table or index.

import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

/** `x-amz-target` prefix, or the service of a query request's credential scope, to the prefix IAM uses. */
const prefixes: Readonly<Record<string, string>> = {
  secretsmanager: "secretsmanager",
  sns: "sns",
  cloudwatch: "cloudwatch",
};

export interface Recorder {
  readonly url: string;
  readonly actions: ReadonlySet<string>;
  close(): Promise<void>;
}

export async function startRecorder(emulatorUrl: string): Promise<Recorder> {
  const actions = new Set<string>();
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const body = Buffer.concat(chunks);
      actions.add(actionOf(incoming.headers, body.toString("utf8")));
      const forwarded = request(
        new URL(incoming.url ?? "/", emulatorUrl),
        { method: incoming.method ?? "POST", headers: { ...incoming.headers, host: new URL(emulatorUrl).host } },
        (answer) => {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
        },
      );
      forwarded.on("error", () => outgoing.destroy());
      forwarded.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    actions,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function actionOf(headers: Record<string, string | string[] | undefined>, body: string): string {
  const [service = "", operation = ""] = String(headers["x-amz-target"] ?? "").split(".");
  if (service.startsWith("DynamoDB")) return `dynamodb:${operation} ${tableOf(body)}`;
  if (operation !== "") return `${prefixes[service] ?? service}:${operation}`;
  const scope = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(String(headers.authorization ?? ""))?.[1] ?? "unknown";
  return `${prefixes[scope] ?? scope}:${new URLSearchParams(body).get("Action") ?? "unknown"}`;
}

function tableOf(body: string): string {
  const { TableName, IndexName, RequestItems } = JSON.parse(body);
  const table = TableName ?? Object.keys(RequestItems ?? {})[0];
  return IndexName === undefined ? table : `${table}/index/${IndexName}`;
}
