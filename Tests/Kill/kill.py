#!/usr/bin/env python3
"""I7: kill -9 of the machine at random moments of an issuance loses no key and no issued certificate.

Two hundred times: begin an issuance, kill the machine, start it again, sign in, and compare what it says with what the CA
wrote down. Half of the kills fall anywhere in the time that one issuance takes (key generation is most of it), the
other half at an exact moment of the exchange with the CA, which a relay between the two knows.
In a part of the rounds the request is an automatic one, with all that follows from it by itself (automatic.py).

Environment: KILL_ROUNDS (200), KILL_SEED (a new one each time; printed, so that a run can be repeated), VERBOSE,
KILL_ONLY (stop, hand or automatic).
"""

import collections
import os
import pathlib
import random
import statistics
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Harness"))

import automatic  # noqa: E402
import stopping  # noqa: E402
from counts import Counts  # noqa: E402
from relay import Relay  # noqa: E402
from under_test import Site, expect  # noqa: E402
from visitor import wait_until  # noqa: E402

ROUNDS = int(os.environ.get("KILL_ROUNDS", "200"))
SEED = int(os.environ.get("KILL_SEED", str(time.time_ns() % 1_000_000)))
#: Kills in rounds with an automatic request: two a round.
AUTOMATIC = ROUNDS // 10 * 2
BY_HAND = ROUNDS - AUTOMATIC
#: Keys kept on the machine before the oldest is deleted: below the limit of 8, the default key and the new one included.
KEPT = 5


def measure(site, counts):
    """The time of whole issuances, undisturbed: the kills are spread over it."""
    durations = []
    for number in range(5):
        name = f"measure{number}"
        form = site.prepare(name)
        began = time.monotonic()
        expect(site.confirm(form), 303)
        wait_until("the undisturbed issuance", lambda: site.history().get(name, "").startswith("Successful"))
        durations.append(time.monotonic() - began)
        counts.check("an undisturbed issuance is issued by the CA once", len(site.issued()[name]) == 1)
        site.delete(name)
    return durations


def run(counts, folder):
    site = Site(folder)
    try:
        durations = measure(site, counts)
        usual = statistics.median(durations) * 1.1
        print(f"kill: seed {SEED}, one issuance takes {min(durations):.2f} to {max(durations):.2f} s", flush=True)
        rounds(site, counts, random.Random(SEED), usual)
    finally:
        site.close()


def rounds(site, counts, chance, usual):
    kept = {}  # key name: serial number
    serving = None  # the serial number of the last key for TLS that was acquired before the present round
    outcomes = collections.Counter()
    began = time.monotonic()
    for number in range(BY_HAND):
        name = f"k{number}"
        # Most keys go into service at the start after the kill; some are for nothing, and only have to be there.
        use = "none" if number % 4 == 3 else "tls"
        form = site.prepare(name, use)
        machine = site.machine
        dead = threading.Event()

        def kill(machine=machine, dead=dead):
            machine.kill()
            dead.set()

        if number % 2:
            moment, count = chance.choice(Relay.MOMENTS), chance.uniform(0, 0.012)
            aim = f"{count * 1000:.1f} ms after \"{moment}\""

            def hook(reached, moment=moment, count=count, kill=kill, dead=dead):
                if reached == moment and not dead.is_set():
                    time.sleep(count)
                    kill()

            site.relay.hook = hook
            timer = threading.Timer(usual * 4 + 5, kill)  # should the moment never come
        else:
            delay = chance.uniform(0, usual)
            aim = f"{delay * 1000:.0f} ms after [OK]"
            timer = threading.Timer(delay, kill)
        timer.start()
        try:
            site.confirm(form)
        except OSError:
            pass  # killed before it answered
        except Exception as error:  # noqa: BLE001
            if not dead.is_set():
                raise error
        dead.wait()
        timer.cancel()
        site.relay.hook = lambda moment: None

        site.start_again()
        outcome = compare(site, counts, f"round {number} ({aim})", name, kept)
        outcomes[outcome] += 1
        served, acquired = site.served(), kept.get(name) if use == "tls" else None
        if serving:
            # The key of this round serves too if it was acquired before the kill.
            counts.check(f"round {number} ({aim}): the last acquired key for TLS serves", served in (serving, acquired),
                         f"served {served}, before {serving}, now {acquired}")
        serving = acquired or serving
        while len(kept) > KEPT:
            oldest = next(iter(kept))
            site.delete(oldest)
            del kept[oldest]
    took = time.monotonic() - began
    summary = ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items()))
    print(f"kill: {BY_HAND} kills of requests by hand in {took:.0f} s: {summary}", flush=True)
    counts.check("kills fell both before and after the key was stored", len(outcomes) > 1, summary)


def compare(site, counts, where, name, kept):
    """Everything that must hold after the restart; answers how this round ended."""
    counts.check(f"{where}: the database is whole", site.integrity() == "ok", site.integrity())
    history = site.settled_history()
    status = history.get(name, "")
    keys = site.keys()
    issued = site.issued()[name]
    serial = site.serial(name) if name in keys else None
    counts.check(f"{where}: the CA issued at most once", len(issued) <= 1, str(issued))
    for other, its_serial in kept.items():
        counts.check(f"{where}: the key {other} is still there", other in keys)
    if issued:
        counts.check(f"{where}: the certificate that the CA issued is on the machine", serial == issued[-1],
                     f"machine {serial}, CA {issued}, history \"{status}\"")
        counts.check(f"{where}: the history says Successful", status.startswith("Successful"), status)
        kept[name] = serial
        return "successful"
    counts.check(f"{where}: no certificate out of nothing", serial is None, serial or "")
    counts.check(f"{where}: the history claims no success", not status.startswith("Successful"), status)
    counts.check(f"{where}: no key is left behind that nothing waits for", name not in keys or "Deferred" in status, status)
    return "interrupted before the request" if status else "not begun"


def main():
    counts = Counts("kill")
    parts = {
        "stop": ("a stop in the middle of a restart", stopping.run),
        "hand": (f"{BY_HAND} kills of requests by hand", run),
        "automatic": (f"{AUTOMATIC} kills around automatic requests", automatic.run, AUTOMATIC // 2, random.Random(SEED)),
    }
    only = os.environ.get("KILL_ONLY")
    with tempfile.TemporaryDirectory(prefix="remote-ui-kill-") as folder:
        for name, (title, body, *arguments) in parts.items():
            if only in (None, name):
                place = pathlib.Path(folder) / name
                place.mkdir()
                counts.run(title, body, counts, place, *arguments)
    counts.finish()


if __name__ == "__main__":
    main()
