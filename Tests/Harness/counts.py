"""Counts checks: failures are printed at once, the sum at the end in the form that scripts/test adds up."""

import os
import sys
import traceback


class Counts:
    def __init__(self, part):
        self.part = part
        self.passed = 0
        self.failed = 0
        self.verbose = bool(os.environ.get("VERBOSE"))

    def check(self, sentence, condition, detail=""):
        """Counts one check. `sentence` says what must be so; `detail` is shown when it is not."""
        if condition:
            self.passed += 1
            if self.verbose:
                print(f"  ok   {sentence}", flush=True)
        else:
            self.failed += 1
            detail = f": {detail}" if detail != "" else ""
            print(f"  FAIL {sentence}{detail}", flush=True)
        return bool(condition)

    def section(self, title):
        print(f"{self.part}: {title}", flush=True)

    def run(self, title, body, *arguments):
        """Runs a whole section; an exception in it is one failure and the next section goes on."""
        self.section(title)
        try:
            body(*arguments)
        except Exception:  # noqa: BLE001 - reported, never swallowed
            self.failed += 1
            print(f"  FAIL {title}:")
            traceback.print_exc(file=sys.stdout)

    def finish(self):
        print(f"{self.part}: {self.passed} passed, {self.failed} failed", flush=True)
        sys.exit(1 if self.failed or not self.passed else 0)
