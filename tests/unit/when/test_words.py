"""Every kind of trigger in words, exactly."""

# ruff: noqa: E501 - a table of exact sentences

from __future__ import annotations

import pytest

from rota.when import trigger

WORDS = {
    "every 5m": "Every 5 minutes",
    "every 1s": "Every second",
    "every 90m": "Every 1 hour and 30 minutes",
    "every 24h": "Every 24 hours",
    "every 1d in Europe/Prague": "Every day, Prague time",
    "every 2w from 2026-03-02T09:00 in Europe/Prague": "Every 2 weeks, from 2 March 2026 at 09:00, Prague time",
    "every 1mo from 2026-01-31": "Every month, from 31 January 2026 at 00:00, UTC",
    "every 1y from 2024-02-29T12:00Z": "Every year, from 29 February 2024 at 12:00 UTC",
    "every 1y6mo from 2026-01-01": "Every 1 year and 6 months, from 1 January 2026 at 00:00, UTC",
    "every 10d from 2026-01-01": "Every 10 days, from 1 January 2026 at 00:00, UTC",
    "every 30m on mon-fri between 08:00-18:00 in Europe/Prague": "Every 30 minutes between 08:00 and 18:00, Monday to Friday, Prague time",
    "every 15m between 22:00-04:00 in America/New_York": "Every 15 minutes between 22:00 and 04:00, New York time",
    "every 1h on sat,sun": "Every hour, Saturday and Sunday, UTC",
    "every 5m after end": "5 minutes after the last run ends",
    "every 1h after end": "1 hour after the last run ends",
    "every 10m on mon-fri between 08:00-17:59 after end in Europe/London": "10 minutes after the last run ends between 08:00 and 17:59, Monday to Friday, London time",
    "every 5m from 2026-03-02T10:00+02:00 until 2026-04-01T00:00Z": "Every 5 minutes, from 2 March 2026 at 10:00 UTC+02:00, until 1 April 2026 at 00:00 UTC",
    "daily at 09:00": "Every day at 09:00, UTC",
    "daily at 02:30,14:00 in America/Argentina/Buenos_Aires": "Every day at 02:30 and 14:00, Buenos Aires time",
    "daily at 23:59:30 from 2026-05-01 until 2026-05-31T23:59": "Every day at 23:59:30, from 1 May 2026 at 00:00, until 31 May 2026 at 23:59, UTC",
    "weekly on mon at 09:00": "Every Monday at 09:00, UTC",
    "weekly on mon,thu at 09:00,17:30 in Asia/Tokyo": "Monday and Thursday at 09:00 and 17:30, Tokyo time",
    "weekly on mon-fri at 08:00": "Monday to Friday at 08:00, UTC",
    "weekly on sat,sun at 10:00": "Saturday and Sunday at 10:00, UTC",
    "weekly on mon,wed-fri,sun at 10:00": "Monday, Wednesday to Friday and Sunday at 10:00, UTC",
    "monthly on 1 at 06:00": "Every month on day 1 at 06:00, UTC",
    "monthly on 1,15,last at 06:00 in Europe/Prague": "Every month on day 1, day 15 and the last day at 06:00, Prague time",
    "monthly on first mon at 06:00": "Every month on the first Monday at 06:00, UTC",
    "monthly on last fri at 17:00 in America/New_York": "Every month on the last Friday at 17:00, New York time",
    "monthly on 31,second tue at 12:00": "Every month on day 31 and the second Tuesday at 12:00, UTC",
    "yearly on 12-24 at 18:00 in Europe/Prague": "Every year on 24 December at 18:00, Prague time",
    "yearly on 01-01,07-04 at 00:00": "Every year on 1 January and 4 July at 00:00, UTC",
    "at 2026-03-02": "Once, on 2 March 2026 at 00:00, UTC",
    "at 2026-03-02T10:00 in Europe/Prague": "Once, on 2 March 2026 at 10:00, Prague time",
    "at 2026-03-02T10:00Z": "Once, on 2 March 2026 at 10:00 UTC",
    "at 2026-03-02T10:00:30-05:00": "Once, on 2 March 2026 at 10:00:30 UTC-05:00",
    "manual": "Only when somebody starts it",
    "cron * * * * *": "Every minute, UTC",
    "cron */5 * * * *": "Every 5 minutes, UTC",
    "cron */7 * * * *": "Every 7 minutes from minute 0 of every hour, UTC",
    "cron 3-59/15 * * * *": "Every 15 minutes from minute 3 of every hour, UTC",
    "cron 0 * * * *": "Every hour, UTC",
    "cron 15 * * * *": "Every hour at minute 15, UTC",
    "cron 0,30 * * * *": "Every 30 minutes, UTC",
    "cron 1-10 * * * *": "At minutes 1 to 10 of every hour, UTC",
    "cron 5,6,17 * * * *": "At minutes 5, 6 and 17 of every hour, UTC",
    "cron 0 */2 * * *": "Every 2 hours, UTC",
    "cron 30 */6 * * *": "Every 6 hours at minute 30, UTC",
    "cron 0 9 * * *": "Every day at 09:00, UTC",
    "cron 0 9,17 * * *": "Every day at 09:00 and 17:00, UTC",
    "cron 0 9 * * 1-5": "Monday to Friday at 09:00, UTC",
    "cron 30 2 * * * in America/New_York": "Every day at 02:30, New York time",
    "cron 0 0 29 2 *": "On day 29 of February at 00:00, UTC",
    "cron 0 0 1 * *": "On day 1 of every month at 00:00, UTC",
    "cron 0 0 1,15 * mon": "At 00:00, on day 1 and day 15 of every month, or on Monday, UTC",
    "cron 0 0 */2 * mon": "At 00:00, on every 2nd day from day 1 of every month, if it is Monday, UTC",
    "cron * 4 * * *": "Every minute from 04:00 to 04:59, UTC",
    "cron */15 9-17 * * mon-fri in Europe/Prague": "Every 15 minutes from 09:00 to 17:59, Monday to Friday, Prague time",
    "cron */15 9,13 * * *": "Every 15 minutes in the hours 9 and 13, UTC",
    "cron 0 9-17 * * *": "Every hour from 09:00 to 17:00, UTC",
    "cron 0 8-18/2 * * *": "Every 2 hours from 08:00 to 18:00, UTC",
    "cron 0 0 L * *": "On the last day of every month at 00:00, UTC",
    "cron 0 0 LW * *": "On the last weekday of every month at 00:00, UTC",
    "cron 0 0 15W * *": "On the weekday nearest day 15 of every month at 00:00, UTC",
    "cron 0 0 * * 5L": "The last Friday of every month at 00:00, UTC",
    "cron 0 0 ? * MON#2": "The second Monday of every month at 00:00, UTC",
    "cron 0 12 * jun-aug *": "Every day in June, July and August at 12:00, UTC",
    "cron 0 12 * 1,7 sun": "Sunday in January and July at 12:00, UTC",
    "cron 0 12 * dec 5L": "The last Friday of December at 12:00, UTC",
    "cron * * * * * *": "Every second, UTC",
    "cron */10 * * * * *": "Every 10 seconds, UTC",
    "cron 30 0 9 * * *": "Every day at 09:00:30, UTC",
    "cron 0,20,40 */5 * * * *": "Every 20 seconds, every 5 minutes of every hour, UTC",
    "cron 15 * * * * *": "At second 15 of every minute, UTC",
    "cron @daily": "Every day at 00:00, UTC",
    "cron @hourly": "Every hour, UTC",
    "cron @weekly": "Every Sunday at 00:00, UTC",
    "cron @monthly": "On day 1 of every month at 00:00, UTC",
    "cron @yearly": "On day 1 of January at 00:00, UTC",
    "cron H * * * *": "Every hour at a minute picked by the schedule's name, UTC",
    "cron H H * * *": "Every day at a time picked by the schedule's name, UTC",
    "cron H 3 * * mon": "Every Monday at a minute picked by the schedule's name from 03:00 to 03:59, UTC",
    "cron 5,10 3-4 1-7 * *": "On days 1 to 7 of every month at 03:05, 03:10, 04:05 and 04:10, UTC",
    "daily at 09:00 or weekly on sun at 12:00": "Every day at 09:00, or every Sunday at 12:00, UTC",
    "daily at 09:00 except 2026-12-24..2026-12-26,01-01 in Europe/Prague": "Every day at 09:00, except on 24 December 2026 to 26 December 2026 and 1 "
    "January of each year, Prague time",
    "weekly on mon-fri at 08:00 except 2026-12-24 in Europe/Prague": "Monday to Friday at 08:00, except on 24 December 2026, Prague time",
    "daily at 02:30 in Europe/Prague gap skip fold both": "Every day at 02:30, Prague time, left out where the clocks jump over it, both "
    "times where the clocks repeat it",
    "cron 30 2 * * * in Europe/Prague gap shift": "Every day at 02:30, Prague time, moved on where the clocks jump over it",
    "daily at 09:00 in Etc/GMT+5": "Every day at 09:00, UTC-5",
    "every 1d in CET": "Every day, CET",
    "every 1h in Etc/UTC": "Every hour",
    "every 5m or at 2026-03-02T10:00 or manual": "Every 5 minutes, or once, on 2 March 2026 at 10:00, or only when somebody starts it, UTC",
}


@pytest.mark.parametrize("text", WORDS)
def test_words(text: str) -> None:
    assert trigger(text).words() == WORDS[text]


@pytest.mark.parametrize("text", WORDS)
def test_canonical_text_means_the_same(text: str) -> None:
    found = trigger(text)
    assert trigger(str(found)) == found
    assert str(trigger(str(found))) == str(found)
    assert hash(trigger(str(found))) == hash(found)
