MODEL (
  name shop.shops,
  kind SEED (path '../seeds/shops.csv'),
  columns (shop TEXT, city TEXT)
);
