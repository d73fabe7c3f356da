/**
 * OTC ids are opaque to us (32 hex digits plus a suffix such as `in03`, or a plain UUID): the only rule is
 * that nothing but harmless characters ever enters a path.
 */

const ID = /^[A-Za-z0-9_-]{1,64}$/;

/** Whether `value` may stand as one segment of a path. */
export function isOtcId(value: string): boolean {
  return ID.test(value);
}
