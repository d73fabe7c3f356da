// Alerts over SNS: one topic for pages, one for tickets.

import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import { failed, failure, ok, type Result } from "../domain/failure.ts";
import type { AlertLevel } from "../domain/messages/alert.ts";
import type { Notice } from "../domain/messages/alert-text.ts";
import type { Notifier } from "../ports.ts";

export class SnsNotifier implements Notifier {
  readonly #client: SNSClient;
  readonly #topics: Readonly<Record<AlertLevel, string>>;

  constructor(client: SNSClient, topics: Readonly<Record<AlertLevel, string>>) {
    this.#client = client;
    this.#topics = topics;
  }

  async publish(notice: Notice): Promise<Result<void>> {
    const attribute = (value: string) => ({ DataType: "String", StringValue: value });
    const command = new PublishCommand({
      TopicArn: this.#topics[notice.level],
      Subject: notice.subject,
      Message: notice.body,
      MessageAttributes: { level: attribute(notice.level), dedupeKey: attribute(notice.dedupeKey.slice(0, 256)) },
    });
    try {
      await this.#client.send(command);
      return ok(undefined);
    } catch (error) {
      const text = error instanceof Error ? `${error.name}: ${error.message}` : "unknown error";
      return failed(failure("notify-failed", `topic ${this.#topics[notice.level]}: ${text}`, { effect: "unknown" }));
    }
  }
}
