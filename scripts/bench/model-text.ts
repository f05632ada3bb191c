/** The four sorts of model a benchmark project is made of, about forty lines of SQL each. */

/** First day of every generated table. */
export const firstDay = "2024-01-01";

const measures = ["amount", "quantity", "discount", "tax"] as const;

/** A view that cleans one raw table. */
export function stagingText(name: string, raw: string): string {
  return `${header(name, "VIEW")}-- cleans one raw table
SELECT
  r.id AS id,
  r.customer_id AS customer_id,
  r.event_date AS event_date,
  COALESCE(r.amount, 0) AS amount,
  COALESCE(r.quantity, 0) AS quantity,
  CASE
    WHEN r.discount IS NULL THEN 0
    WHEN r.discount < 0 THEN 0
    ELSE r.discount
  END AS discount,
  r.tax AS tax,
  UPPER(r.region) AS region
FROM ${raw} AS r
WHERE
  r.id IS NOT NULL
  AND r.customer_id > 0
`;
}

/** A daily incremental model over two parents. `rank`: rows kept per customer and day. */
export function incrementalText(
  name: string,
  number: number,
  parents: readonly [string, string],
  rank: number,
): string {
  const kind = "INCREMENTAL_BY_TIME_RANGE (\n    time_column event_date\n  )";
  return `${header(name, kind, ["audits (not_null(columns := (customer_id)))"])}WITH base AS (
  SELECT
    p.customer_id AS customer_id,
    p.event_date AS event_date,
    p.region AS region,
${measures.map((measure) => `    p.${measure} AS ${measure}`).join(",\n")}
  FROM ${parents[0]} AS p
  WHERE
    p.event_date BETWEEN @start_ds AND @end_ds
), ranked AS (
  SELECT
    base.*,
    ROW_NUMBER() OVER (PARTITION BY base.customer_id, base.event_date ORDER BY base.amount DESC) AS rn
  FROM base
)
SELECT
  MAX(ranked.customer_id * 100000 + ${number}) AS id,
  ranked.customer_id AS customer_id,
  ranked.event_date AS event_date,
  ranked.region AS region,
${measures.map((measure) => `  SUM(ranked.${measure}) AS ${measure}`).join(",\n")}
FROM ranked
LEFT JOIN ${parents[1]} AS o
  ON o.customer_id = ranked.customer_id
  AND o.event_date = ranked.event_date
WHERE
  ranked.rn <= ${rank}
GROUP BY
  ranked.customer_id,
  ranked.event_date,
  ranked.region
`;
}

/** A full model that joins its first parent with daily sums of the others. */
export function fullText(name: string, parents: readonly string[], threshold: number): string {
  const [first = "", ...others] = parents;
  const total = (measure: string): string =>
    ["p0", ...others.map((_, i) => `p${i + 1}`)]
      .map((alias) => `COALESCE(${alias}.${measure}, 0)`)
      .join(" + ");
  return `${header(name, "FULL")}SELECT
  MAX(p0.id) AS id,
  p0.customer_id AS customer_id,
  p0.event_date AS event_date,
  p0.region AS region,
${measures.map((measure) => `  SUM(${total(measure)}) AS ${measure}`).join(",\n")}
FROM ${first} AS p0
${others.map((parent, i) => dailySums(parent, `p${i + 1}`)).join("")}WHERE
  p0.amount >= ${threshold}
GROUP BY
  p0.customer_id,
  p0.event_date,
  p0.region
`;
}

function dailySums(parent: string, alias: string): string {
  return `LEFT JOIN (
  SELECT
    customer_id,
    event_date,
${measures.map((measure) => `    SUM(${measure}) AS ${measure}`).join(",\n")}
  FROM ${parent}
  GROUP BY
    customer_id,
    event_date
) AS ${alias}
  ON ${alias}.customer_id = p0.customer_id
  AND ${alias}.event_date = p0.event_date
`;
}

/** A view on one model. */
export function martText(name: string, parent: string): string {
  const columns = ["id", "customer_id", "event_date", "region", ...measures];
  return `${header(name, "VIEW")}SELECT
${columns.map((column) => `  t.${column} AS ${column},`).join("\n")}
  t.amount - t.discount + t.tax AS net
FROM ${parent} AS t
WHERE
  t.region <> 'NONE'
`;
}

function header(name: string, kind: string, more: readonly string[] = []): string {
  const properties = [
    `name ${name}`,
    `kind ${kind}`,
    `start '${firstDay}'`,
    "cron '@daily'",
    "owner data_team",
    "tags (generated)",
    ...more,
  ];
  return `MODEL (\n${properties.map((property) => `  ${property}`).join(",\n")}\n);\n\n`;
}
