/** Which server answers: its flavour and version, read from itself, whatever the configuration calls it. */
import { SluiceError } from "../../errors.ts";
import type { Row, Session } from "../engine.ts";

export const flavours = ["mysql", "mariadb", "tidb", "starrocks", "doris", "singlestore"] as const;

export type Flavour = (typeof flavours)[number];

export interface Server {
  readonly flavour: Flavour;
  readonly version: string;
  /** Largest statement in bytes. */
  readonly packet: number;
  /** Of text in new databases and of literals: one for both, or columns made of them could not be compared. Null: not known. */
  readonly collation: string | null;
  /** Tells one server from another behind the same address. */
  readonly identity: string;
}

export async function readServer(session: Session): Promise<Server> {
  const [row = {}] = await session.query("SELECT VERSION() AS version, @@version_comment AS comment");
  const flavour = flavourOf(String(row["version"]), String(row["comment"] ?? ""));
  const [packet] = await session
    .query("SELECT @@max_allowed_packet AS packet")
    .catch((): readonly Row[] => []);
  const [collation] = await session
    .query(
      `SELECT IF(@@character_set_server = 'utf8mb4', @@collation_server, default_collate_name) AS collation
       FROM information_schema.character_sets WHERE character_set_name = 'utf8mb4'`,
    )
    .catch((): readonly Row[] => []);
  const [identity] = await session
    .query("SELECT CONCAT(@@hostname, ':', @@port, ':', @@server_id) AS identity")
    .catch((): readonly Row[] => []);
  return {
    flavour,
    version: versionOf(flavour, String(row["version"]), String(row["comment"] ?? "")),
    packet: Number(packet?.["packet"] ?? 1_048_576),
    collation: (collation?.["collation"] as string | undefined) ?? null,
    identity: String(identity?.["identity"] ?? ""),
  };
}

/** The release that is needed, where this one is older: of MySQL 5.7 and before, window functions and longer keys are missing. Pure. */
export function neededRelease({ flavour, version }: Pick<Server, "flavour" | "version">): string | null {
  return flavour === "mysql" && Number.parseInt(version, 10) < 8 ? "8.0" : null;
}

/** Throws ENGINE_FAILED. */
export function refuseOld(server: Pick<Server, "flavour" | "version">, location: string): void {
  const needed = neededRelease(server);
  if (needed === null) return;
  throw new SluiceError(
    "ENGINE_FAILED",
    `The server at ${location} is ${server.flavour} ${server.version}; Sluice needs ${needed} or later.`,
    { hint: "docs/engines.md lists the servers it works with." },
  );
}

/** From what VERSION() and @@version_comment say. Pure. */
export function flavourOf(version: string, comment: string): Flavour {
  const both = `${version} ${comment}`;
  if (/tidb/i.test(both)) return "tidb";
  if (/starrocks/i.test(both)) return "starrocks";
  if (/doris|selectdb/i.test(both)) return "doris";
  if (/singlestore|memsql/i.test(both)) return "singlestore";
  return /mariadb/i.test(both) ? "mariadb" : "mysql";
}

/** The flavour's own version: compatible servers put MySQL's first. Pure. */
export function versionOf(flavour: Flavour, version: string, comment: string): string {
  const own = {
    mysql: /\d[\d.]*/,
    mariadb: /(\d[\d.]*)(?=-MariaDB)/i,
    tidb: /(?<=TiDB-v?)\d[\d.]*/i,
    starrocks: /(?<=StarRocks(?: version)? v?)\d[\d.]*/i,
    doris: /(?<=doris-)\d[\d.]*/i,
    singlestore: /(?<=(?:SingleStore|MemSQL)\D*)\d[\d.]*/i,
  }[flavour];
  return own.exec(version)?.[0] ?? own.exec(comment)?.[0] ?? version;
}
