/** A program that is not run, and why. */
export interface Skipped {
  /** `<suite>/<program>`. */
  readonly program: string;
  /** Only in these lanes; all of them without. */
  readonly lanes?: readonly string[];
  readonly reason: string;
}

export const skipped: readonly Skipped[] = [];
