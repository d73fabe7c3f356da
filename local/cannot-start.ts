// Why a local site cannot start, for the person who started it: what is wrong, and what can be done about it.

export class CannotStart extends Error {
  override readonly name = "CannotStart";
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}
