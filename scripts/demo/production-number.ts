/** The number the story is about, read the way a dashboard reads it: through the views of production. */
import type { Context } from "../../src/index.ts";

export interface ProductionNumber {
  readonly flights: number;
  /** Minutes. */
  readonly averageDelay: number;
}

/** June 2001 as `mart.monthly_summary` shows it. */
export async function readProductionNumber(context: Context): Promise<ProductionNumber> {
  const [row] = await context.inspect((engine) =>
    engine.query("SELECT flights, avg_delay FROM mart.monthly_summary WHERE month = 200106"),
  );
  return { flights: Number(row?.["flights"]), averageDelay: Number(row?.["avg_delay"]) };
}

export function describeNumber({ flights, averageDelay }: ProductionNumber): string {
  return `${flights.toLocaleString("en")} flights in June 2001, on average ${averageDelay.toFixed(2)} minutes late`;
}
