/** The shape of a recorded project, and what a check of one action looks like. */

export interface RecordedCase {
  readonly id: string;
  readonly group: string;
  readonly title: string;
  /** What is also acceptable. */
  readonly note?: string;
  /** Path → text. */
  readonly files: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  /** The clock, ISO text. */
  readonly at: string;
  readonly action: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly expect: RecordedFacts & { readonly ok: boolean; readonly error?: RecordedRefusal };
}

export type RecordedFacts = Readonly<Record<string, unknown>>;

export interface RecordedRefusal {
  readonly class: string;
  readonly about?: string;
  readonly mentions?: readonly string[];
  readonly file?: string;
}

/** One case laid out on disk. */
export interface Stage {
  readonly recorded: RecordedCase;
  readonly args: RecordedCase["args"];
  readonly expect: RecordedCase["expect"];
  /** Folder that holds the files. */
  readonly root: string;
  /** UTC epoch milliseconds. */
  readonly now: number;
  /** Environment variables the project may read. */
  readonly env: Readonly<Record<string, string>>;
}

/** Whether the record's note says that a reader who does this is right as well. */
export function permits(stage: Stage, what: RegExp): boolean {
  return what.test(stage.recorded.note ?? "");
}

/** Performs the action and lists what differs; throws SluiceError where the project is refused. */
export type Check = (stage: Stage) => Promise<readonly string[]>;
