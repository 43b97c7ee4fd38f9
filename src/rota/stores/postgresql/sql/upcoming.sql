-- Each half has an index in this order.
SELECT next_due, name FROM (
    (
        SELECT next_due, name FROM rota_schedule
        WHERE enabled AND NOT paused AND next_due <= $1
            AND ($3::text[] IS NULL OR task = ANY ($3))
        ORDER BY next_due, name
        LIMIT $2
    )
    UNION ALL
    (
        SELECT next_due, name FROM rota_schedule
        WHERE enabled AND paused AND paused_until <= $1 AND next_due <= $1
            AND ($3::text[] IS NULL OR task = ANY ($3))
        ORDER BY next_due, name
        LIMIT $2
    )
) AS found
ORDER BY next_due, name
LIMIT $2;
