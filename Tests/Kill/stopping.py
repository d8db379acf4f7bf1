"""A stop (SIGTERM) that comes while the machine is about to restart: it stops (D3)."""

import contextlib
import socket
import ssl
import time

from under_test import Site, expect
from visitor import PATIENCE, wait_until


def run(counts, folder):
    site = Site(folder)
    machine = site.machine
    try:
        # A form that somebody is still sending holds the restart up, for seconds at the most.
        with connection(machine.port, PATIENCE) as held:
            held.sendall(b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                         b"Content-Length: 1\r\n\r\n")
            answer = expect(site.visitor.submit("/settings/restart", {}, action="/settings/restart"), 303)
            expect(site.visitor.follow(answer), 200)
            wait_until("nobody else is answered", lambda: not is_answered(machine.port))
            machine.process.terminate()
            time.sleep(0.2)  # the signal is on its way to a process that has little to do
            held.sendall(b"x")
        ended = machine.process.wait(PATIENCE)
        counts.check("the machine ends as one that was told to stop", ended == 0, str(ended))
        machine.stop()
        started = [line for line in machine.lines if line and line.startswith("Remote UI: ")]
        counts.check("it has not started anew", len(started) == 1, str(started))
    finally:
        site.close()


def connection(port, timeout):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(socket.create_connection(("127.0.0.1", port), timeout=timeout))


def is_answered(port):
    """Whether a new connection gets as far as TLS."""
    with contextlib.suppress(OSError):
        connection(port, 1).close()
        return True
    return False
