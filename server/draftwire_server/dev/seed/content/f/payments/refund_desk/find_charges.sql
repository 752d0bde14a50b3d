-- $1 question (text): an e-mail address, a charge, or the last four digits of a card
select c.id, c.created_at, c.email, c.amount_minor, c.refunded_minor, c.currency, c.card_last4, c.disputed
  from charge c
 where c.email = lower($1) or c.id = $1 or (c.card_last4 = $1 and c.created_at > now() - interval '90 days')
 order by c.created_at desc
 limit 50;
