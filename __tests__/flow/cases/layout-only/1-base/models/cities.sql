MODEL (name shop.cities, kind VIEW);

SELECT s.city, SUM(d.amount) AS amount
FROM shop.daily AS d
JOIN shop.shops AS s ON s.shop = d.shop
GROUP BY s.city
