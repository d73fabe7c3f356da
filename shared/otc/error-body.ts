/**
 * Finds code, message and request id in the body of a refusal. OTC's services, their older versions and the
 * gateway each have a shape of their own; a proxy in between may answer with HTML or with nothing.
 */
import * as z from "zod";

export interface ErrorBody {
  /** Whether the body was one of the known shapes (as opposed to HTML, text or nothing). */
  readonly recognised: boolean;
  readonly code?: string;
  readonly message?: string;
  readonly requestId?: string;
}

const text = z.union([z.string(), z.number()]).transform(String).nullish();

const flat = z.object({ error_code: text, error_msg: text });
const external = z.object({ errCode: text, externalMessage: text });
const inner = z.object({ code: text, message: text, title: text });
const requestId = z.object({ request_id: z.string() });

/** The shapes, in the order in which they are tried; the first that yields a code or a message wins. */
const SHAPES: readonly ((body: unknown) => {
  code?: string | null | undefined;
  message?: string | null | undefined;
})[] = [
  (body) => renamed(flat.safeParse(body).data, "error_code", "error_msg"),
  (body) => renamed(external.safeParse(body).data, "errCode", "externalMessage"),
  (body) => titled(z.object({ error: inner }).safeParse(body).data?.error),
  (body) => titled(z.object({ itemNotFound: inner }).safeParse(body).data?.itemNotFound),
  (body) => titled(z.object({ badRequest: inner }).safeParse(body).data?.badRequest),
  (body) => titled(inner.safeParse(body).data),
];

function renamed<C extends string, M extends string>(
  data: ({ [K in C | M]?: string | null | undefined } & object) | undefined,
  code: C,
  message: M,
) {
  return { code: data?.[code], message: data?.[message] };
}

function titled(data: z.infer<typeof inner> | undefined) {
  return { code: data?.code, message: data?.message ?? data?.title };
}

/**
 * Reads the body of an unsuccessful answer. A code that only repeats an HTTP status (Keystone's `401`) is left out.
 * Never throws.
 */
export function parseErrorBody(body: unknown): ErrorBody {
  const id = requestId.safeParse(body).data?.request_id.trim();
  for (const read of SHAPES) {
    const found = read(body);
    const code = found.code?.trim();
    const message = found.message?.trim();
    if (!code && !message) continue;
    return {
      recognised: true,
      ...(code && !/^\d{3}$/.test(code) && { code }),
      ...(message && { message }),
      ...(id && { requestId: id }),
    };
  }
  return { recognised: false, ...(id && { requestId: id }) };
}
