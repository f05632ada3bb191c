/** The demo's story: a wrong number in production, a pull request that repairs it, and two applies that are refused. */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { applyChange, copyBase, readChange } from "../../examples/flights/changes.ts";
import { Context, type Outcome, Plan } from "../../src/index.ts";
import type { Narrator } from "./narrator.ts";
import { describeNumber, readProductionNumber } from "./production-number.ts";
import { writeReview } from "./review-files.ts";
import type { DemoWarehouse } from "./warehouse.ts";

export interface StoryOptions {
  /** Emptied first; everything the story makes lies in it. */
  readonly folder: string;
  readonly warehouse: DemoWarehouse;
  readonly narrator: Narrator;
  readonly terminal: { readonly color: boolean; readonly width: number };
  readonly env: Readonly<Record<string, string | undefined>>;
}

const fix = "fix-cancelled-filter";
const overtaken = "add-delay-bands";

/** Tells the story and returns how each apply ended. */
export async function tell(options: StoryOptions): Promise<readonly Outcome[]> {
  const { folder, narrator, warehouse } = options;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const stage = new Stage(options);

  narrator.chapter("Raw data");
  const rows = await warehouse.load();
  narrator.say(
    `${rows.flights.toLocaleString("en")} US flights of 2001 and ${rows.airports.toLocaleString("en")} airports`,
  );
  narrator.say(`lie in ${warehouse.place}.`);

  narrator.chapter("The project goes to production");
  const first = await stage.promoteBase();

  narrator.chapter("A pull request");
  const change = await readChange(fix);
  narrator.quote(`${change.title}\n\n${change.description}`);
  await stage.branch(fix);
  await stage.branch(overtaken);

  narrator.chapter("Its plan, for the reviewers");
  await stage.review();

  narrator.chapter("Merged: the plan is applied");
  const applied = await stage.applyReviewed();

  narrator.chapter("The same plan again");
  narrator.say("A merge can start two runs. The second one finds that there is nothing left to do:");
  const again = await stage.applyAgain();

  narrator.chapter("A plan that was overtaken");
  narrator.say(
    `Another pull request, "${(await readChange(overtaken)).title}", was planned before that merge.`,
  );
  narrator.say("Its plan speaks about tables that production no longer shows, so it is refused:");
  const stale = await stage.applyOvertaken();

  narrator.chapter("Look around");
  narrator.say(
    `${relative(process.cwd(), folder)}/ keeps plan.json, comment.md, summary.md, the project and the warehouse.`,
  );
  return [first, applied, again, stale];
}

/** The folders, files and contexts of the story. */
class Stage {
  readonly #options: StoryOptions;

  constructor(options: StoryOptions) {
    this.#options = options;
  }

  async promoteBase(): Promise<Outcome> {
    await copyBase(this.#path("main"));
    await using context = this.#open("main");
    const plan = await context.plan("prod");
    const { narrator } = this.#options;
    narrator.say(
      `The plan: ${plan.newSnapshots.length} new models, tables first, all views at once in the end.`,
    );
    return this.#apply(context, plan);
  }

  async branch(change: string): Promise<void> {
    await copyBase(this.#path(change));
    await applyChange(change, this.#path(change));
  }

  async review(): Promise<void> {
    const { narrator, folder, terminal } = this.#options;
    {
      await using context = this.#open(fix);
      const files = await writeReview(await context.plan("prod"), folder, terminal);
      narrator.quote(files.text);
      narrator.say("That is what the comment on the pull request says as well. Written for you:");
      for (const file of [files.plan, files.comment, files.summary])
        narrator.say(`   ${relative(process.cwd(), file)}`);
    }
    await using other = this.#open(overtaken);
    await writeFile(this.#path(`${overtaken}.json`), JSON.stringify(await other.plan("prod")));
  }

  async applyReviewed(): Promise<Outcome> {
    await using context = this.#open(fix);
    const { narrator } = this.#options;
    const before = await readProductionNumber(context);
    const outcome = await this.#apply(context, await this.#read("plan.json"));
    const after = await readProductionNumber(context);
    narrator.say("");
    narrator.say(`   before  ${describeNumber(before)}`);
    narrator.say(`   after   ${describeNumber(after)}`);
    return outcome;
  }

  async applyAgain(): Promise<Outcome> {
    await using context = this.#open(fix);
    return this.#apply(context, await this.#read("plan.json"));
  }

  async applyOvertaken(): Promise<Outcome> {
    await using context = this.#open(overtaken);
    return this.#apply(context, await this.#read(`${overtaken}.json`));
  }

  async #apply(context: Context, plan: Plan): Promise<Outcome> {
    const { narrator } = this.#options;
    const started = performance.now();
    const outcome = await context.apply(plan, { onEvent: narrator.follow() });
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    narrator.say(`   ${outcome.reason} in ${seconds} s: ${outcome.sentence}`);
    if (outcome.failure !== undefined) narrator.say(`   ${outcome.failure.message}`);
    return outcome;
  }

  async #read(file: string): Promise<Plan> {
    return Plan.from(await readFile(this.#path(file), "utf8"));
  }

  #open(project: string): Context {
    const { env, warehouse } = this.#options;
    return new Context({
      paths: [this.#path(project)],
      gateway: warehouse.gateway,
      env: { ...env, ...warehouse.env },
      owner: "demo",
    });
  }

  #path(name: string): string {
    return join(this.#options.folder, name);
  }
}
