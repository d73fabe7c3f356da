/**
 * What the control cannot do as asked: nothing has changed, and the text says why. `status` is for the control's HTTP form.
 */
export class ControlProblem extends Error {
  override readonly name = "ControlProblem";
  readonly status: 400 | 404 | 409;

  constructor(status: 400 | 404 | 409, message: string) {
    super(message);
    this.status = status;
  }
}

/** "there is a, b" or "there is none", to go behind "no such thing". */
export function known(names: Iterable<string>): string {
  const [...all] = names;
  const shown = all.slice(0, 10).join(", ");
  if (all.length === 0) return "there is none";
  return `there is ${shown}${all.length > 10 ? ` and ${all.length - 10} more` : ""}`;
}
