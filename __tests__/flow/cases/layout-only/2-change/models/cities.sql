MODEL (name shop.cities, kind VIEW);

-- What each city sold, in the same words as before.
select
  s.city,
  sum(d.amount) as amount
from shop.daily as d
join shop.shops as s
  on s.shop = d.shop
group by s.city
