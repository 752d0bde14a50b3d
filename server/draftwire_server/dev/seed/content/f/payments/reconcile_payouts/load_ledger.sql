-- $1 day (date)
-- What the ledger says should have been paid out: the charges whose settlement falls on the day.
-- Reversed entries count against their original, so that a booking error and its correction vanish.
select e.charge_id,
       sum(e.net_minor)::bigint as net_minor,
       sum(e.fee_minor)::bigint as fee_minor,
       min(e.currency) as currency,
       array_agg(e.id order by e.id) as entries
  from ledger_entry e
 where e.settles_on = $1::date
   and e.kind in ('charge', 'reversal')
 group by e.charge_id
having sum(e.net_minor) <> 0
 order by e.charge_id;
