#!/usr/bin/env python3
"""Rule 9 in every zone of the system's database, around every transition from 2020 to 2037: the
edges of the engine's schedules are those that Python's zoneinfo gives.

    zone_edges_test.py PROGRAM      PROGRAM is zone_edges

And the control: a table that was worked out by a wrong rule must be found out."""

import subprocess
import sys
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo, available_timezones

EVERY_DAY, SUNDAY, WEEKEND = 0x7F, 0x40, 0x60
# Weekdays (bit 0 is Monday), from and until in minutes of the day.
SCHEDULES = [(EVERY_DAY, 90, 150), (SUNDAY, 150, 165), (EVERY_DAY, 0, 1440), (WEEKEND, 1320, 360),
             (EVERY_DAY, 0, 45), (EVERY_DAY, 540, 1020)]
DAY = timedelta(days=1)
NO_ZONES = {"localtime", "posixrules", "Factory"}


def seconds(moment):
    return int(moment.timestamp())


def to_utc(local, zone, which):
    """A local time that is skipped moves forward by the gap; of two occurrences, the first (0) or
    the second (1)."""
    first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    comes_twice = second.utcoffset() < first.utcoffset()
    # In a gap the offset before it (fold 0) is the one that moves the time forward.
    return seconds(second if comes_twice and which == 1 else first)


def spans(zone, schedule, first_day, days, ends_at):
    weekdays, start, stop = schedule
    for number in range(days):
        midnight = first_day + number * DAY
        if not weekdays >> midnight.weekday() & 1:
            continue
        begin = to_utc(midnight + timedelta(minutes=start), zone, 0)
        last_day = midnight + DAY if stop <= start else midnight
        end = to_utc(last_day + timedelta(minutes=stop), zone, ends_at)
        if begin < end:
            yield begin, end


def edges(zone, schedule, day, ends_at):
    """Begin and end of a window around a UTC day, and where the hours begin and end to cover."""
    begin, end = seconds(day - 2 * DAY), seconds(day + 4 * DAY)
    naive = day.replace(tzinfo=None)
    merged = []
    for start, stop in sorted(spans(zone, schedule, naive - 5 * DAY, 12, ends_at)):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], stop)
        else:
            merged.append([start, stop])
    found = [begin] if any(start <= begin < stop for start, stop in merged) else []
    found += [edge for span in merged for edge in span if begin < edge <= end]
    return begin, end, found


def transition_days(zone):
    day = datetime(2020, 1, 1, tzinfo=timezone.utc)
    yield day                                           # so that a zone without any is there too
    offset = day.astimezone(zone).utcoffset()
    while day.year < 2038:
        day += DAY
        now = day.astimezone(zone).utcoffset()
        if now != offset:
            yield day - DAY
        offset = now


def table(names, ends_at=1):
    for name in names:
        zone = ZoneInfo(name)
        for day in transition_days(zone):
            for schedule in SCHEDULES:
                begin, end, found = edges(zone, schedule, day, ends_at)
                yield " ".join(map(str, (name, *schedule, begin, end, *found)))


def run(program, lines):
    return subprocess.run([program], input="\n".join(lines) + "\n", text=True, timeout=600,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def main():
    names = sorted(available_timezones() - NO_ZONES)
    done = run(sys.argv[1], table(names))
    print(f"{len(names)} zones: {done.stdout}", end="")
    control = run(sys.argv[1], table(["Europe/Stockholm"], ends_at=0))
    if control.returncode != 1:
        print("a table whose ends are at the first occurrence was not found out:", control.stdout)
        return 1
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
