/** The server of the tests is the one of the scripts. */
export { hasMariadb, startMariadb, type TestServer } from "../../scripts/mariadb/server.ts";
