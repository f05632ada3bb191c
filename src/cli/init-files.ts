/** The texts `sluice init` writes. */

export const starterFiles: Readonly<Record<string, string>> = {
  "config.yaml": `# Settings of the project, in SQLMesh's format.
gateways:
  local:
    connection:
      type: duckdb
      database: shop.duckdb

default_gateway: local

model_defaults:
  dialect: duckdb
  start: '2024-01-01'
  cron: '@daily'

linter:
  enabled: true
  rules:
    - ambiguousorinvalidcolumn
    - noselectstar
`,
  "sluice.yaml": `# Settings SQLMesh does not know. Everything here is optional.

# Checks that must be green before a plan is applied:
# required_checks:
#   - name: build

# When production may change:
# windows:
#   - from: '02:00'
#     to: '04:00'
#     timezone: Europe/Berlin
#     days: [mon, tue, wed, thu]
`,
  ".gitignore": `*.duckdb
*.duckdb.wal
plan.json
.env
`,
  "seeds/orders.csv": `order_id,customer_id,status,amount,ordered_at
1,10,paid,20.00,2024-01-01
2,11,paid,35.50,2024-01-01
3,10,cancelled,12.00,2024-01-02
4,12,paid,8.25,2024-01-02
5,11,paid,99.90,2024-01-03
6,10,paid,15.00,2024-01-05
7,13,paid,42.00,2024-01-05
`,
  "models/raw_orders.sql": `MODEL (
  name shop.raw_orders,
  kind SEED (
    path '../seeds/orders.csv'
  ),
  columns (
    order_id INTEGER,
    customer_id INTEGER,
    status TEXT,
    amount DECIMAL(10, 2),
    ordered_at DATE
  ),
  grain order_id
);
`,
  "models/orders.sql": `MODEL (
  name shop.orders,
  kind VIEW,
  description 'Orders that were paid.',
  audits (
    not_null(columns := (order_id, customer_id))
  )
);

SELECT
  order_id,
  customer_id,
  amount,
  ordered_at
FROM shop.raw_orders
WHERE status = 'paid'
`,
  "models/customers.sql": `MODEL (
  name shop.customers,
  kind FULL,
  description 'One row per customer, with what they bought so far.',
  audits (
    unique_values(columns := (customer_id))
  )
);

SELECT
  customer_id,
  COUNT(*) AS orders,
  SUM(amount) AS spent,
  MAX(ordered_at) AS last_order
FROM shop.orders
GROUP BY customer_id
`,
  "models/daily_revenue.sql": `MODEL (
  name shop.daily_revenue,
  kind INCREMENTAL_BY_TIME_RANGE (
    time_column day
  ),
  description 'Revenue by day. Only days that are missing are computed.',
  audits (
    assert_positive_revenue
  )
);

SELECT
  ordered_at AS day,
  COUNT(*) AS orders,
  SUM(amount) AS revenue
FROM shop.orders
WHERE ordered_at BETWEEN @start_date AND @end_date
GROUP BY ordered_at
`,
  "audits/assert_positive_revenue.sql": `AUDIT (
  name assert_positive_revenue
);

-- An audit finds bad rows: when there are any, the rows of this batch never become visible.
SELECT *
FROM @this_model
WHERE revenue <= 0
`,
  "tests/test_daily_revenue.yaml": `test_daily_revenue_adds_up:
  model: shop.daily_revenue
  inputs:
    shop.orders:
      rows:
        - order_id: 1
          customer_id: 10
          amount: 20.00
          ordered_at: 2024-01-01
        - order_id: 2
          customer_id: 11
          amount: 35.50
          ordered_at: 2024-01-01
        - order_id: 3
          customer_id: 10
          amount: 5.00
          ordered_at: 2024-01-02
  outputs:
    query:
      rows:
        - day: 2024-01-01
          orders: 2
          revenue: 55.50
        - day: 2024-01-02
          orders: 1
          revenue: 5.00
  vars:
    start: 2024-01-01
    end: 2024-01-02
`,
};
