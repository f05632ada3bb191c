/**
 * Open database files of this process. The file lock guards against other processes only: two instances of one file
 * within a process would not see each other's writes. So a file has one instance here, shared and counted.
 */
import { messageOf, SluiceError } from "../../errors.ts";
import type { Driver, DriverInstance } from "./driver.ts";
import { isFileLocked } from "./failure.ts";

interface SharedInstance {
  readonly instance: Promise<DriverInstance>;
  users: number;
}

const open = new Map<string, SharedInstance>();

/** A database and how to let go of it; the last user closes it. */
export interface InstanceHandle {
  readonly instance: DriverInstance;
  release(): Promise<void>;
}

export interface InstanceRequest {
  readonly path: string;
  readonly readOnly: boolean;
  /** Storage format, should the file have to be made. */
  readonly storage: string | null;
  /** Milliseconds to wait for another process to let go of the file. */
  readonly lockWait: number;
}

/** Databases in memory are never shared. Throws ENGINE_LOCKED once the wait is over. */
export async function acquireInstance(driver: Driver, request: InstanceRequest): Promise<InstanceHandle> {
  if (request.path === ":memory:") {
    const instance = await driver.DuckDBInstance.create(":memory:");
    return { instance, release: async () => instance.closeSync() };
  }
  const shared = open.get(request.path) ?? { instance: create(driver, request), users: 0 };
  open.set(request.path, shared);
  shared.users++;
  const release = async (): Promise<void> => {
    if (--shared.users > 0) return;
    open.delete(request.path);
    await shared.instance.then(
      (instance) => instance.closeSync(),
      () => undefined,
    );
  };
  try {
    return { instance: await shared.instance, release };
  } catch (error) {
    await release();
    throw error;
  }
}

async function create(driver: Driver, request: InstanceRequest): Promise<DriverInstance> {
  const config = {
    ...(request.readOnly ? { access_mode: "READ_ONLY" } : {}),
    ...(request.storage === null ? {} : { storage_compatibility_version: request.storage }),
  };
  let waited = 0;
  for (let pause = 50; ; pause = Math.min(pause * 2, 1000)) {
    try {
      return await driver.DuckDBInstance.create(request.path, config);
    } catch (error) {
      if (!isFileLocked(error)) throw openFailure(error, request.path);
      if (waited >= request.lockWait) throw lockedFailure(error, request.path);
      await new Promise((resolve) => setTimeout(resolve, pause));
      waited += pause;
    }
  }
}

function lockedFailure(cause: unknown, path: string): SluiceError {
  const holder = /PID (\d+)/.exec(messageOf(cause))?.[1];
  const who = holder === undefined ? "another process" : `another process (PID ${holder})`;
  return new SluiceError("ENGINE_LOCKED", `The DuckDB file ${path} is in use by ${who}.`, {
    hint: "Close what holds it, then run again.",
    cause,
  });
}

function openFailure(cause: unknown, path: string): SluiceError {
  return new SluiceError(
    "ENGINE_FAILED",
    `The DuckDB file ${path} cannot be opened: ${messageOf(cause).trim()}`,
    {
      cause,
      hint: "Check that the folder exists and that the file is a DuckDB database of this or an earlier version.",
    },
  );
}
