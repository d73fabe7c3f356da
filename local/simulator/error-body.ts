/**
 * The body shapes in which OTC services have been seen to report the same error. Deliberately knows nothing of which error it is.
 */
import type { ApiReply } from "./exchange.ts";
import type { BodyForm, RefusalSpec } from "./refusals.ts";

const TITLES: Record<number, string> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  409: "Conflict",
  413: "Request Entity Too Large",
  429: "Too Many Requests",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

/** The page a load balancer shows when it answers instead of the service. */
export function htmlPage(status: number): string {
  const title = `${status} ${TITLES[status] ?? "Error"}`;
  return `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`;
}

/** An error in one of the documented shapes; gateway errors carry `request_id` besides. */
export function errorReply(spec: RefusalSpec, form: BodyForm, requestId: string): ApiReply {
  const { status, code, message } = spec;
  switch (form) {
    case "v3": {
      const gateway = /^APIG/.test(code) ? { request_id: requestId } : {};
      return { status, body: { error_msg: message, error_code: code, ...gateway } };
    }
    case "v1":
      return { status, body: { errCode: code, externalMessage: message } };
    case "keystone":
      return { status, body: { error: { code: status, message, title: TITLES[status] ?? "Error" } } };
    case "nova":
      return { status, body: { [status === 404 ? "itemNotFound" : "badRequest"]: { code: status, message } } };
    case "plain":
      return { status, body: { code, message } };
    case "html":
      return { status, text: htmlPage(status), headers: { "Content-Type": "text/html" } };
    case "empty":
      return { status };
  }
}
