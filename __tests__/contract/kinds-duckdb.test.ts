import { openDuckdb } from "../../src/engine/duckdb/duckdb.ts";
import { kindsContract } from "./kinds.suite.ts";

kindsContract("duckdb", () => openDuckdb({ type: "duckdb" }, { directory: "/" }));
