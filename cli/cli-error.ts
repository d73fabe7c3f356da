// An error whose text is meant for the person at the keyboard.

export type ExitCode = 1 | 2 | 3;

export class CliError extends Error {
  override readonly name = "CliError";
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;

  /** 2: wrong usage or invalid input; 3: something needs attention. */
  constructor(message: string, options: { exitCode?: ExitCode; hint?: string } = {}) {
    super(message);
    this.exitCode = options.exitCode ?? 2;
    this.hint = options.hint;
  }
}
