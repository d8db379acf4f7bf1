"""A relay between the machine and the CA: it calls back at each step of an exchange, so that a kill can hit it exactly, and
holds requests up while its gate is closed."""

import socket
import threading

from visitor import PATIENCE


class Relay:
    """Listens on a free loopback port and passes every connection on to `target`.

    `hook(moment)` is called in the relay's thread, for PKIOperation only, at these moments:
    "request" (before the CA sees it), "issued" (the CA has answered, the machine has nothing yet),
    "half" (half of the answer is with the machine), "answered" (all of it is).
    """

    MOMENTS = ("request", "issued", "half", "answered")

    def __init__(self, target):
        self.target = target
        self.hook = lambda moment: None
        #: Nothing gets to the CA while this is not set.
        self.gate = threading.Event()
        self.gate.set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self):
        self._listener.close()

    def _serve(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._exchange, args=(client,), daemon=True).start()

    def _exchange(self, client):
        try:
            with client, socket.create_connection(("127.0.0.1", self.target), timeout=PATIENCE) as server:
                client.settimeout(PATIENCE)
                while True:
                    request = read_message(client)
                    if not request:
                        return
                    operation = b"PKIOperation" in request.split(b"\r\n", 1)[0]
                    notify = self.hook if operation else lambda moment: None
                    self.gate.wait(PATIENCE)
                    notify("request")
                    server.sendall(request)
                    answer = read_message(server)
                    if not answer:
                        return
                    notify("issued")
                    half = len(answer) // 2
                    client.sendall(answer[:half])
                    notify("half")
                    client.sendall(answer[half:])
                    notify("answered")
        except OSError:
            pass  # the killed machine's connection


def read_message(stream):
    """One HTTP message whole: by Content-Length, by chunks, or without a body."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = stream.recv(65536)
        if not more:
            return data
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    fields = {}
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        fields[name.strip().lower()] = value.strip()
    if b"chunked" in fields.get(b"transfer-encoding", b"").lower():
        while not body.endswith(b"0\r\n\r\n"):
            more = stream.recv(65536)
            if not more:
                break
            body += more
    elif b"content-length" in fields:
        while len(body) < int(fields[b"content-length"]):
            more = stream.recv(65536)
            if not more:
                break
            body += more
    return head + b"\r\n\r\n" + body
