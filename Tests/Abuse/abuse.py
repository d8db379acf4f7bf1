#!/usr/bin/env python3
"""What a hostile or clumsy visitor sends: bad input for every field, every route without the right to it.

Each case asks for the right status, a clear sentence, and that nothing changed: the machine's pages and its database rows
(the audit log aside) are compared before and after.
"""

import pathlib
import re
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Harness"))

import fields  # noqa: E402
import gate  # noqa: E402
import protocol  # noqa: E402
from counts import Counts  # noqa: E402
from servers import PracticeCA, RemoteUI  # noqa: E402
from target import Target  # noqa: E402


def main():
    counts = Counts("abuse")
    with tempfile.TemporaryDirectory(prefix="remote-ui-abuse-") as folder:
        with PracticeCA(f"{folder}/ca") as authority, RemoteUI(f"{folder}/data") as machine:
            target = Target(machine, authority)
            first_pin = target.pin
            counts.run("before the set-up nothing is served but the set-up (L1)", gate.before_set_up, counts, target)
            counts.run("bad input to the set-up (L1)", fields.set_up, counts, target)
            target.set_up()
            counts.run("bad input to the login (L2)", fields.sign_in, counts, target)
            target.sign_in()
            counts.run("the set-up is gone for good (L1)", gate.after_set_up, counts, target)
            counts.run("bad input for every field", fields.all_forms, counts, target)
            counts.run("hostile text is shown as text", fields.hostile_text, counts, target)
            counts.run("the list of routes is whole", gate.every_address_is_known, counts, target)
            counts.run("every route without a session (L6)", gate.without_session, counts, target)
            counts.run("every route with a general user's session (L6)", gate.as_general_user, counts, target)
            counts.run("every POST without its token or from elsewhere (L7)", gate.forged, counts, target)
            counts.run("every route with a wrong method", gate.wrong_method, counts, target)
            counts.run("the end of a session (L5)", gate.ended_session, counts, target)
            counts.run("malformed messages", protocol.malformed, counts, target)
            counts.run("old versions of TLS (TM-23)", protocol.old_tls, counts, target)
            counts.run("files outside Public", protocol.traversal, counts, target)
            counts.run("headers of every page", protocol.headers, counts, target)
            counts.run("a changed PIN (L5)", gate.changed_pin, counts, target)
            counts.run("the lock-out (L4)", gate.lock_out, counts, target)
            secrets = [first_pin, target.pin, authority.challenge, fields.GOOD_REQUEST["challenge_password"],
                       target.set_up_code_used]
        log = pathlib.Path(f"{folder}/data.log").read_text(errors="replace")
        for secret in secrets:
            counts.check("no secret is in the machine's log", secret not in log)
        trouble = re.search(r"Fatal error|Crash|Trace/BPT|double free|corruption|\*\*\* (Signal|Program)", log)
        counts.check("nothing crashed or trapped", not trouble, trouble and trouble.group())
        ended = machine.process.returncode
        counts.check("the machine ends as one that was told to stop", ended == 0, str(ended))
    counts.finish()


if __name__ == "__main__":
    main()
