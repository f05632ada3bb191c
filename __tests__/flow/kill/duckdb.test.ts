import { killSuite } from "./suite.ts";
import { duckdbPlace } from "./warehouse.ts";

killSuite(duckdbPlace);
