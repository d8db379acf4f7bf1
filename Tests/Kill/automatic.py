"""Kills around automatic requests: the request, its polling, the restart that follows (T5), the old key's end (T6).

Each round has a period of its own on the machine's clock, which runs fast. The machine is started shortly before the request is due and
killed somewhere in what it does then; it is started again on the same clock and has to come to an end by itself. The
kill that ends the round falls on a machine that does nothing.
"""

import datetime
import http.client
import re
import threading
import time

from relay import Relay
from servers import SteeredClock
from under_test import Site, expect
from visitor import wait_until

#: A day of the machine's takes 30 s, a polling interval of a minute 20 ms.
RATE = 2880.0
#: Long enough for a slow machine: within three minutes and a half the next request is not due.
PERIOD = datetime.timedelta(days=7)
#: Before the request is due, in seconds of the real clock.
AHEAD = 0.1
#: What one request takes with all that follows, roughly, from the start of the machine on.
WHOLE = 1.3
NEXT = "Next Request Date/Time:"


def run(counts, folder, rounds, chance):
    first = datetime.datetime.fromtimestamp(time.time() + 86400).replace(second=0, microsecond=0)
    site = Site(folder, clock=SteeredClock(f"{folder}/clock", RATE))
    try:
        expect(site.visitor.submit("/settings/scep/auto", settings(site, first), action="/settings/scep/auto"), 303)
        began = time.monotonic()
        served = site.served()
        for number in range(rounds):
            served = one_round(site, counts, chance, number, first + number * PERIOD, served)
        took = time.monotonic() - began
        print(f"kill: {rounds * 2} kills around automatic requests in {took:.0f} s: {rounds} issued", flush=True)
    finally:
        site.close()


def settings(site, first):
    return {
        "enable_timer": "on",
        "request_start": first.isoformat(timespec="minutes"),
        "polling": "on",
        "polling_times": "100",
        "polling_interval": "1",
        "periodic": "on",
        "request_interval": str(PERIOD.days),
        "restart_device": "on",
        "delete_old": "on",
        "key_name": "auto",
        "common_name": "auto.example.com",
        "change_challenge": "on",
        "challenge_password": site.ca.challenge,
        "key_use_location": "tls",
    }


def one_round(site, counts, chance, number, due, served):
    """Whatever was cut off, it is taken up: one certificate more, and it serves. Answers its serial number."""
    issued_before = site.issued()["auto"]
    site.machine.kill()
    site.clock.set(due.timestamp() - AHEAD * RATE)
    site.start()
    where = f"automatic round {number} ({aim_and_kill(site, chance, number)})"
    site.start()
    rows = settled(site, due)
    counts.check(f"{where}: the database is whole", site.integrity() == "ok", site.integrity())
    issued = site.issued()["auto"][len(issued_before):]
    counts.check(f"{where}: the CA issued once", len(issued) == 1, str(issued))
    status, now_serves, keys = rows[0]["Status"], site.served(), site.keys()
    counts.check(f"{where}: the history says Successful", status.startswith("Successful"), status)
    counts.check(f"{where}: the certificate that the CA issued serves", issued[-1:] == [now_serves],
                 f"machine {now_serves}, CA {issued}, before {served}")
    counts.check(f"{where}: the old key is gone, and the new one has its name", keys == {"Default%20Key", "auto"}, str(keys))
    return now_serves


def aim_and_kill(site, chance, number):
    """Kills at an exact moment of the exchange, or anywhere; now and then the CA cannot be reached at first, so that the
    machine polls. Answers where it was aimed at."""
    machine, dead = site.machine, threading.Event()

    def kill():
        machine.kill()
        dead.set()

    cut = chance.choice((None, None, "request", "issued"))
    moment = chance.choice(Relay.MOMENTS) if number % 2 else None
    pause = chance.uniform(0, 0.012)
    delay = chance.uniform(AHEAD, WHOLE)
    cuts = []

    def hook(reached):
        if dead.is_set():
            return
        if reached == cut and len(cuts) < 2:
            cuts.append(reached)
            raise ConnectionAbortedError("as a line that is cut")
        if reached == moment:
            time.sleep(pause)
            if not dead.is_set():
                kill()

    site.relay.hook = hook
    # Should the moment never come, the kill comes all the same.
    timer = threading.Timer(WHOLE * 2 if moment else delay, kill)
    timer.start()
    dead.wait()
    timer.cancel()
    site.relay.hook = lambda reached: None
    aim = f"{pause * 1000:.1f} ms after \"{moment}\"" if moment else f"{delay * 1000:.0f} ms after the start"
    return f"{aim}, line cut at \"{cut}\"" if cut else aim


def settled(site, due):
    """The rows of the status page once the request that was due has come to its end and nothing waits for a restart."""

    def rows():
        try:
            page = site.visitor.get("/settings/scep")
            if page.status != 200:
                site.sign_in()  # the machine has restarted by itself
                page = site.visitor.get("/settings/scep")
            next_date = re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d", page.page.facts().get(NEXT, ""))
            if not next_date or datetime.datetime.fromisoformat(next_date.group(0)) <= due:
                return None  # it is still to be sent
            found = [row for row in site.status_rows() if not row["Status"].startswith("To Be Processed")]
            if any(row["Status"].startswith("Processing") for row in found):
                return None
            waits = "/settings/restart" in [form.action for form in site.visitor.get("/").page.forms]
            return None if waits else found or None
        except (OSError, RuntimeError, LookupError, http.client.HTTPException):
            return None  # it restarts at this moment

    return wait_until(f"the request of {due} has come to its end", rows)
