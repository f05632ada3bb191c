/** SIGINT and SIGTERM stop what runs in order; a second one ends the process. */
export interface Listening {
  readonly signal: AbortSignal;
  readonly off: () => void;
}

export function listenForSignals(note: (text: string) => void): Listening {
  const controller = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(130);
    note(`${signal}: finishing the statement at hand; once more to leave at once.`);
    controller.abort();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return {
    signal: controller.signal,
    off: () => {
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
    },
  };
}
