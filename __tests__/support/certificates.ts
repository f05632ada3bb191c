/** An authority of the tests' own, and certificates that it signs: made by openssl when they are needed, gone with their folder. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

export interface Authority extends AsyncDisposable {
  /** PEM file of the authority itself: who trusts it trusts what it signed. */
  readonly ca: string;
  /** PEM files of the server's certificate and key. */
  readonly certificate: string;
  readonly key: string;
  /** Signs a certificate for this host name and puts it and its key in place of the former. */
  sign(host: string): Promise<void>;
}

/** Makes an authority that has signed a certificate for `host`. */
export async function makeAuthority(host: string): Promise<Authority> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-certificates-"));
  const file = (name: string): string => join(folder, name);
  const authority: Authority = {
    ca: file("ca.pem"),
    certificate: file("server.pem"),
    key: file("server-key.pem"),
    async sign(name) {
      const request = file("request.pem");
      await openssl(
        "req",
        "-new",
        ...newKey,
        "-subj",
        `/CN=${name}`,
        "-keyout",
        authority.key,
        "-out",
        request,
      );
      await writeFile(file("extensions"), `subjectAltName=DNS:${name}\n`);
      const signer = ["-CA", authority.ca, "-CAkey", file("ca-key.pem"), "-set_serial", String(Date.now())];
      const parts = ["-in", request, "-extfile", file("extensions"), "-days", "2"];
      await openssl("x509", "-req", ...signer, ...parts, "-out", authority.certificate);
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
  const self = ["-subj", "/CN=An authority of tests", "-days", "2", "-keyout", file("ca-key.pem")];
  await openssl("req", "-x509", ...newKey, ...self, "-out", authority.ca);
  await authority.sign(host);
  return authority;
}

async function openssl(...args: readonly string[]): Promise<void> {
  await run("openssl", args);
}
