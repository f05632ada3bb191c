/** The plan as an artifact: one file, stored unzipped, so that GitHub's digest is the file's own (spec github-platform 3). */
import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sha256 } from "../digest.ts";
import { messageOf, SluiceError } from "../errors.ts";
import { asked } from "./client.ts";
import { maxArtifactBytes } from "./provenance.ts";
import { proxiedFetch } from "./proxied-fetch.ts";
import type { Repository } from "./repository.ts";
import { hasArtifactService, type Runner } from "./runner.ts";

export interface UploadedArtifact {
  readonly id: number;
  /** SHA-256 of the file. */
  readonly digest: string;
  /** Where the file lies on the runner. */
  readonly path: string;
}

/** Throws GITHUB_FAILED; on Enterprise Server, whose artifact service is another, at once and by name. */
export async function uploadPlan(runner: Runner, name: string, text: string): Promise<UploadedArtifact> {
  refuseEnterpriseServer(runner);
  const folder = await mkdtemp(join(runner.temp, "sluice-"));
  const path = join(folder, name);
  await writeFile(path, text, { mode: 0o600 });
  const { DefaultArtifactClient } = await import("@actions/artifact");
  try {
    const { id, digest } = await new DefaultArtifactClient().uploadArtifact(name, [path], folder, {
      skipArchive: true,
    });
    if (id === undefined) throw new Error("the service returned no id");
    const own = sha256(text);
    if (digest !== undefined && digest !== own)
      throw new Error(`the service stored ${digest}, sent was ${own}`);
    return { id, digest: own, path };
  } catch (cause) {
    throw new SluiceError(
      "GITHUB_FAILED",
      `the plan could not be stored as an artifact: ${firstLine(messageOf(cause))}`,
      {
        hint: "Run the job again.",
        cause,
      },
    );
  }
}

export function refuseEnterpriseServer(runner: Pick<Runner, "serverUrl">): void {
  if (hasArtifactService(runner.serverUrl)) return;
  throw new SluiceError(
    "GITHUB_FAILED",
    `GitHub Enterprise Server (${new URL(runner.serverUrl).hostname}) has no artifact service that Sluice can use`,
    { hint: "Plan and apply with the sluice command there, and keep the plan file yourself." },
  );
}

export interface DownloadedArtifact {
  readonly bytes: Uint8Array;
  /** SHA-256 of what arrived. */
  readonly digest: string;
}

/** The raw bytes, not parsed, at most `maxArtifactBytes`. null: GitHub no longer has them (410). Throws GITHUB_FAILED. */
export async function downloadPlan(
  repository: Repository,
  artifactId: number,
): Promise<DownloadedArtifact | null> {
  const location = await signedLocation(repository, artifactId);
  if (location === null) return null;
  const bytes = await asked("Downloading the plan", () => readCapped(location));
  return { bytes, digest: sha256(bytes) };
}

/** The signed address is on another host: the token must not travel there. */
async function signedLocation(repository: Repository, artifactId: number): Promise<string | null> {
  return asked("Downloading the plan", async () => {
    try {
      const response = await repository.client.rest.actions.downloadArtifact({
        ...repository.at,
        artifact_id: artifactId,
        archive_format: "zip",
        request: { redirect: "manual" },
      });
      const { location } = response.headers;
      if (location === undefined) throw new Error("GitHub named no address");
      return location;
    } catch (error) {
      const { status, response } = error as {
        status?: number;
        response?: { headers?: { location?: string } };
      };
      if (status === 410) return null;
      if (status === 302 && response?.headers?.location) return response.headers.location;
      throw error;
    }
  });
}

const attempts = 3;

async function readCapped(location: string): Promise<Uint8Array> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await readOnce(location);
    } catch (error) {
      if (attempt >= attempts || error instanceof SluiceError) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500 * attempt));
    }
  }
}

async function readOnce(location: string): Promise<Uint8Array> {
  const response = await proxiedFetch(location, { signal: AbortSignal.timeout(120_000) });
  if (!response.ok || response.body === null) throw new Error(`the store answered ${response.status}`);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.byteLength;
    if (size > maxArtifactBytes) {
      throw new SluiceError("GITHUB_FAILED", `the plan file is larger than ${maxArtifactBytes} bytes`, {
        hint: "Plan again.",
        details: { reason: "plan-untrusted" },
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function firstLine(text: string): string {
  return text.split("\n")[0] ?? "";
}
