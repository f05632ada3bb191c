/** Planning twice on unchanged input gives the same digest, whatever the hour and the random name of the plan. */
import { expect, test } from "vitest";
import { Context } from "../../src/index.ts";
import { smallProject } from "../support/small-project.ts";

test("equal digests from morning to night: a new production, a change, a new development environment", async () => {
  await using project = await smallProject();
  const plan = async (hour: number, environment: string) => {
    await using context = new Context({
      paths: [project.path],
      now: () => Date.UTC(2024, 0, 4, hour, 17),
      env: {},
    });
    return await context.plan(environment, { skipTests: true });
  };
  const sameDigest = async (environment: string) => {
    const [morning, night] = [await plan(1, environment), await plan(23, environment)];
    expect(night.id).not.toBe(morning.id);
    expect(night.digest).toBe(morning.digest);
    return morning;
  };
  const first = await sameDigest("prod");
  await using context = new Context({ paths: [project.path], now: () => Date.UTC(2024, 0, 4, 2), env: {} });
  expect(await context.apply(first)).toMatchObject({ reason: "applied" });
  await context.close();
  const revenue = await project.read("models/revenue.sql");
  await project.write({ "models/revenue.sql": revenue.replace("o.shop,", "o.shop, COUNT(*) AS orders,") });
  await sameDigest("prod");
  await sameDigest("dev");
});
