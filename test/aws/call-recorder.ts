// Passes AWS calls on to the emulator and notes each as IAM would judge it: the action, what it is about, and for tables the
// partition key and the attributes that the request names.

import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

/** One kind of call; calls that IAM cannot tell apart are one. */
export interface RecordedCall {
  readonly action: string;
  /** Table or `table/index/name`, name of a topic or of a secret; empty for others. */
  readonly place: string;
  /** Partition key of an item that is written. */
  readonly key?: string;
  /** Top-level attributes that an update names, its key's included. */
  readonly attributes?: readonly string[];
}

export interface Recorder {
  readonly url: string;
  readonly calls: () => readonly RecordedCall[];
  close(): Promise<void>;
}

export async function startRecorder(emulatorUrl: string): Promise<Recorder> {
  const calls = new Map<string, RecordedCall>();
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const body = Buffer.concat(chunks);
      const call = callOf(incoming.headers, body.toString("utf8"));
      calls.set(JSON.stringify(call), call);
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
    calls: () => [...calls.values()],
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** JSON protocols name their operation in a header, query protocols in the body and their service in the credential's scope. */
function callOf(headers: Record<string, string | string[] | undefined>, body: string): RecordedCall {
  const [service = "", operation = ""] = String(headers["x-amz-target"] ?? "").split(".");
  if (service.startsWith("DynamoDB")) return tableCall(operation, JSON.parse(body));
  if (operation !== "") return { action: `${service}:${operation}`, place: String(JSON.parse(body).SecretId ?? "") };
  const scope = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(String(headers.authorization ?? ""))?.[1] ?? "unknown";
  const form = new URLSearchParams(body);
  return {
    action: `${scope}:${form.get("Action") ?? "unknown"}`,
    place: form.get("TopicArn")?.split(":").at(-1) ?? "",
  };
}

// biome-ignore lint/suspicious/noExplicitAny: a request is plain JSON, and only some of its fields are of interest
function tableCall(operation: string, input: any): RecordedCall {
  const table = input.TableName ?? Object.keys(input.RequestItems ?? {})[0];
  const place = input.IndexName === undefined ? table : `${table}/index/${input.IndexName}`;
  const item = input.Item ?? input.Key ?? {};
  const key = operation === "GetItem" ? undefined : (item.pk ?? item.policyId)?.S;
  return {
    action: `dynamodb:${operation}`,
    place,
    ...(key === undefined ? {} : { key }),
    ...(operation === "UpdateItem" ? { attributes: attributesOf(input) } : {}),
  };
}

const words =
  /^(SET|REMOVE|ADD|DELETE|AND|OR|NOT|IN|BETWEEN|if_not_exists|list_append|attribute_\w+|begins_with|size)$/;

/** As IAM's `dynamodb:Attributes` sees them: names in expressions, placeholders resolved, the first part of a path only. */
function attributesOf(input: {
  Key: Record<string, unknown>;
  UpdateExpression?: string;
  ConditionExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
}): string[] {
  const text = `${input.UpdateExpression ?? ""} ${input.ConditionExpression ?? ""}`;
  const paths = text.match(/[#:]?\w+(\.[#:]?\w+)*/g) ?? [];
  const first = paths.map((path) => path.split(".")[0] ?? path);
  const named = first
    .filter((name) => !name.startsWith(":") && !words.test(name) && !/^\d/.test(name))
    .map((name) => input.ExpressionAttributeNames?.[name] ?? name);
  return [...new Set([...Object.keys(input.Key), ...named])].toSorted();
}
