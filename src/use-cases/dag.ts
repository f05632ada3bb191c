/** The graph of the project's models, for `sluice dag`. */
import type { Workspace } from "./workspace.ts";

export interface DagNode {
  readonly name: string;
  readonly kind: string;
  /** What it reads, models and external tables. */
  readonly reads: readonly string[];
  readonly path: string;
}

/** Models in topological order, parents first. */
export async function describeDag(workspace: Workspace): Promise<readonly DagNode[]> {
  const project = await workspace.project();
  return project.graph.order.flatMap((name) => {
    const facts = project.facts.get(name);
    return facts ? [{ name, kind: facts.kind.name, reads: facts.dependsOn, path: facts.path }] : [];
  });
}
