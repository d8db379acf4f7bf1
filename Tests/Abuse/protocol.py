"""Below the forms: bodies, encodings, paths and headers that a browser would never send."""

import re
import socket
import ssl
import warnings

from visitor import PATIENCE

COMMUNICATION = "/settings/scep/communication"


def malformed(counts, target):
    manager = target.manager
    before = target.state()
    token = manager.token("/settings/scep")
    good = "scep_server_url=http%3A%2F%2Fforged.example%2Fscep&port_number=81&communication_timeout=5&ca_fingerprint="
    cases = [
        ("JSON", "application/json", b'{"port_number": 81}', (415,)),
        ("multipart", "multipart/form-data; boundary=x", b"--x--", (415,)),
        ("text", "text/plain", good.encode(), (415,)),
        ("no content type", None, f"token={token}&{good}".encode(), (400, 415)),
        ("a repeated field", None, f"token={token}&{good}&port_number=82".encode(), (400,)),
        ("a repeated token", None, f"token={token}&token={token}&{good}".encode(), (400, 403)),
        ("bytes that are no UTF-8", None, f"token={token}&{good}%FF%FE".encode(), (400,)),
        ("a null character", None, f"token={token}&{good}%00".encode(), (400, 422)),
        ("a broken percent escape", None, f"token={token}&{good}%G1".encode(), (400,)),
        ("no field but the token", None, f"token={token}".encode(), (200, 400, 422)),
        ("an empty body", None, b"", (403,)),
        ("2000 fields", None, (f"token={token}&" + "&".join(f"f{n}=1" for n in range(2000))).encode(), (400, 413, 422)),
        ("a body beyond the limit", None, b"token=" + b"a" * (3 << 20), (413,)),
    ]
    for what, kind, body, statuses in cases:
        headers = {"Content-Type": kind} if kind or what == "no content type" else {}
        try:
            answer = manager.request("POST", COMMUNICATION, body=body, headers=headers)
        except (BrokenPipeError, ConnectionResetError):
            counts.check(f"{what} is refused", what == "a body beyond the limit", "the connection was cut")
            continue
        counts.check(f"{what} is refused", answer.status in statuses, repr(answer))
    target.unchanged(counts, "malformed bodies", before)
    for what, raw, statuses in RAW:
        status = exchange(target.machine.port, raw)
        counts.check(f"{what} is refused", status in statuses, str(status))
    counts.check("and the machine still answers", manager.get("/settings").status == 200)


RAW = [
    ("a request without a host", b"GET /healthz HTTP/1.1\r\n\r\n", (400,)),
    ("two hosts", b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", (400,)),
    ("a host with markup", b"GET / HTTP/1.1\r\nHost: <script>\r\n\r\n", (400,)),
    ("two lengths", b"POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", (400,)),
    ("length and chunks together",
     b"POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", (400,)),
    ("a negative length", b"POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", (400,)),
    ("a space before the colon", b"GET /healthz HTTP/1.1\r\nHost : a\r\n\r\n", (400,)),
    ("a folded header", b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n", (400,)),
    ("a null byte in a header", b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: b\0c\r\n\r\n", (400,)),
    ("a target of 100 KB", b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", (414, 431, 400)),
    ("5000 headers", b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 5000 + b"\r\n", (431, 400)),
    ("HTTP/3.0", b"GET / HTTP/3.0\r\nHost: a\r\n\r\n", (505, 400)),
    ("noise", b"\x16\x03\x01 noise noise\r\n\r\n", (400, None)),
]


def exchange(port, raw):
    """Sends bytes over TLS and answers the status, or None when the connection was closed without one."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    data = b""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as plain:
            with context.wrap_socket(plain) as secure:
                secure.settimeout(PATIENCE)
                secure.sendall(raw)
                while b"\r\n" not in data:
                    more = secure.recv(4096)
                    if not more:
                        break
                    data += more
    except (ConnectionResetError, BrokenPipeError, ssl.SSLEOFError):
        pass
    found = re.match(rb"HTTP/1\.1 (\d{3})", data)
    return int(found.group(1)) if found else None


def old_tls(counts, target):
    """TM-23: TLS 1.2 and 1.3 only; the refusal is the server's own alert."""
    for version, served in (("TLSv1", False), ("TLSv1_1", False), ("TLSv1_2", True), ("TLSv1_3", True)):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = context.maximum_version = ssl.TLSVersion[version]
        try:
            with socket.create_connection(("127.0.0.1", target.machine.port), timeout=PATIENCE) as plain:
                with context.wrap_socket(plain) as secure:
                    result = secure.version()
        except ssl.SSLError as error:
            result = error.reason
        expected = version.replace("_", ".") if served else "TLSV1_ALERT_PROTOCOL_VERSION"
        counts.check(f"{version} is {'served' if served else 'refused'}", result == expected, str(result))


def traversal(counts, target):
    for path in (
        "/public/../Package.swift",
        "/public/../Templates/layout.html",
        "/public/%2e%2e/Templates/layout.html",
        "/public/..%2fTemplates/layout.html",
        "/public/....//Templates/layout.html",
        "/public//etc/passwd",
        "/public/%2fetc%2fpasswd",
        "/public/remote-ui.css%00.svg",
        "/public/icons/../../Templates/layout.html",
        "/public/",
        "/public/icons",
        "/../../../../etc/passwd",
        "/templates/layout.html",
    ):
        answer = target.visitor().get(path)
        safe = answer.status in (303, 400, 404) and "root:" not in answer.text and "{{" not in answer.text
        counts.check(f"GET {path} gives no file away", safe, repr(answer))
    answer = target.visitor().get("/public/remote-ui.css")
    counts.check("the style sheet is served", answer.status == 200 and "text/css" in answer.headers["Content-Type"])
    tag = answer.headers.get("ETag")
    answer = target.visitor().get("/public/remote-ui.css", headers={"If-None-Match": tag})
    counts.check("an unchanged file is answered 304", answer.status == 304 and not answer.body, repr(answer))


def headers(counts, target):
    for path in ("/", "/settings/scep", "/settings/nothing", "/login"):
        answer = target.manager.get(path)
        policy = answer.headers.get("Content-Security-Policy", "")
        for part in ("default-src 'none'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"):
            counts.check(f"{path} has {part} in its policy", part in policy, policy)
        counts.check(f"{path} allows no inline code", "unsafe" not in policy, policy)
        counts.check(f"{path} is not sniffed", answer.headers.get("X-Content-Type-Options") == "nosniff")
        counts.check(f"{path} is not stored", "no-store" in answer.headers.get("Cache-Control", ""))
        counts.check(f"{path} sends no referrer elsewhere", answer.headers.get("Referrer-Policy") in (
            "same-origin", "no-referrer", "strict-origin"), str(answer.headers.get("Referrer-Policy")))
    visitor = target.visitor()
    answer = visitor.sign_in(target.identifier, target.pin)
    for line in answer.headers.get_all("Set-Cookie") or []:
        if "__Host-session" in line:
            for part in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
                counts.check(f"the session cookie is {part}", part.lower() in line.lower(), re.sub("=[^;]*", "=...", line, 1))
