/** Connections to one server: each statement or transaction borrows one, idle ones are kept and looked at before use. */
import type { Connection, ConnectionOptions } from "mysql2/promise";
import { createConnection } from "mysql2/promise";
import { SluiceError } from "../../errors.ts";
import type { Session, SqlValue } from "../engine.ts";
import { failedFor } from "../name-fault.ts";
import { isLost, tooLarge, wrapFailure, wrapOpening } from "./failure.ts";
import type { ServerHabits } from "./flavour-traits.ts";
import type { Server } from "./server.ts";
import { probeName } from "./statements.ts";
import { bind, countRows, readRows } from "./values.ts";

/** Milliseconds an idle connection is trusted without a look. */
const trusted = 15_000;

/** Milliseconds between two tries to reach a server that was there before: together about 12 s. */
const reconnectPauses: readonly number[] = [100, 200, 400, 800, 1500, 3000, 6000];

/** What a session leaves behind would change the meaning of the next one's statements. */
const leavesTraces = /^\s*(SET\b(?!\s+STATEMENT\b)|CREATE\s+(OR\s+REPLACE\s+)?TEMPORARY\b|LOCK\s+TABLES?\b)/i;

/** One connection as this folder sees it. */
export interface Wire extends Session {
  readonly id: number;
  /** As {@link Session.run} for statements whose traces are wiped by who sends them. */
  runCleanly(sql: string): Promise<void>;
}

/** How the connections to one kind of server are set up, and what a statement may weigh there, in bytes. */
interface Manner extends ServerHabits {
  readonly packet: number;
}

class Link implements Wire {
  readonly #connection: Connection;
  readonly #prepared: boolean;
  readonly #packet: number;
  /** Milliseconds of the process's clock. */
  idleSince = 0;
  executing = false;
  /** Not to be used again. */
  spoiled = false;

  constructor(connection: Connection, manner: Manner | null) {
    this.#connection = connection;
    this.#prepared = manner?.preparedStatements ?? false;
    this.#packet = manner?.packet ?? Number.POSITIVE_INFINITY;
    // A connection lost while nobody uses it must not end the process.
    connection.on("error", () => {
      this.spoiled = true;
    });
  }

  get id(): number {
    return this.#connection.threadId;
  }

  async query(sql: string, values?: readonly SqlValue[]) {
    return readRows(await this.#send(sql, values));
  }

  async run(sql: string, values?: readonly SqlValue[]): Promise<number> {
    if (leavesTraces.test(sql) && !sql.includes(probeName)) this.spoiled = true;
    try {
      return countRows(await this.#send(sql, values));
    } catch (error) {
      if (!meansReplace(error, sql)) throw error;
      return countRows(await this.#send(sql.replace("CREATE", "ALTER")));
    }
  }

  async runCleanly(sql: string): Promise<void> {
    await this.#send(sql);
  }

  ping(): Promise<void> {
    return this.#connection.ping();
  }

  async end(): Promise<void> {
    if (this.spoiled) this.#connection.destroy();
    else await this.#connection.end().catch(() => this.#connection.destroy());
  }

  async #send(sql: string, values: readonly SqlValue[] = []): Promise<unknown> {
    // Sent nevertheless, it would end the connection, often before the server's reason is read.
    const bytes = sizeOf(sql, values);
    if (bytes >= this.#packet) throw tooLarge(bytes, this.#packet, sql);
    this.executing = true;
    try {
      const [result] =
        values.length > 0 && this.#prepared
          ? await this.#connection.execute(sql, bind(values))
          : values.length > 0
            ? await this.#connection.query(sql, bind(values))
            : await this.#connection.query(sql);
      return result;
    } catch (error) {
      if (isLost(error)) this.spoiled = true;
      throw wrapFailure(error, sql);
    } finally {
      this.executing = false;
    }
  }
}

/** Bytes of a statement on the wire, at least. */
function sizeOf(sql: string, values: readonly SqlValue[]): number {
  return [sql, ...values].reduce<number>(
    (sum, part) => sum + (typeof part === "string" ? Buffer.byteLength(part) : 0),
    1,
  );
}

/** The view is there already; one server knows CREATE VIEW and ALTER VIEW, and nothing that does either. */
function meansReplace(error: unknown, sql: string): boolean {
  return sql.startsWith("CREATE VIEW ") && failedFor(error, "exists");
}

export class Connections {
  readonly #options: ConnectionOptions;
  readonly #location: string;
  readonly #trusted: number;
  readonly #idle: Link[] = [];
  readonly #busy = new Set<Link>();
  #manner: Manner | null = null;
  #closed = false;

  /** `location` is host and port, for sentences; `ping`: idle connections are looked at before use. */
  constructor(options: ConnectionOptions, location: string, ping: boolean) {
    this.#options = options;
    this.#location = location;
    this.#trusted = ping ? trusted : Number.POSITIVE_INFINITY;
  }

  /** From now on connections are set up for this kind of server, and one that does not answer is waited for. */
  adopt(habits: ServerHabits, { collation, packet }: Pick<Server, "collation" | "packet">): void {
    const names = collation === null ? [] : [`SET NAMES utf8mb4 COLLATE ${collation}`];
    this.#manner = { ...habits, settings: [...names, ...habits.settings], packet };
  }

  async use<T>(work: (wire: Wire) => Promise<T>): Promise<T> {
    const link = await this.#borrow();
    this.#busy.add(link);
    try {
      return await work(link);
    } finally {
      this.#busy.delete(link);
      if (this.#closed || link.spoiled || this.#manner === null) await link.end();
      else {
        link.idleSince = performance.now();
        this.#idle.push(link);
      }
    }
  }

  /** Stops the statements at hand, over a connection of its own. */
  async interrupt(): Promise<void> {
    const running = [...this.#busy].filter((link) => link.executing).map((link) => link.id);
    if (running.length === 0) return;
    await this.use(async (wire) => {
      // One that ended by itself meanwhile is no failure.
      for (const id of running) await wire.run(`KILL QUERY ${id}`).catch(() => 0);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#idle.splice(0).map((link) => link.end()));
  }

  async #borrow(): Promise<Link> {
    for (;;) {
      if (this.#closed)
        throw new SluiceError("ENGINE_FAILED", `The connection to ${this.#location} is closed.`);
      const link = this.#idle.pop();
      if (link === undefined) return this.#connectPatiently();
      if (!link.spoiled && (performance.now() - link.idleSince < this.#trusted || (await answers(link))))
        return link;
      await link.end();
    }
  }

  async #connectPatiently(): Promise<Link> {
    const pauses = this.#manner === null ? [] : reconnectPauses;
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#connect();
      } catch (error) {
        const pause = pauses[attempt];
        if (pause === undefined || !isLost(error)) throw wrapOpening(error, this.#location);
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }

  async #connect(): Promise<Link> {
    const link = new Link(await createConnection(this.#options), this.#manner);
    try {
      for (const setting of this.#manner?.settings ?? []) await link.runCleanly(setting);
    } catch (error) {
      link.spoiled = true;
      await link.end();
      throw error;
    }
    return link;
  }
}

async function answers(link: Link): Promise<boolean> {
  return link.ping().then(
    () => true,
    () => {
      link.spoiled = true;
      return false;
    },
  );
}
