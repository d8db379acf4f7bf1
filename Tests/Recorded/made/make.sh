#!/usr/bin/env bash
# Makes the messages in this folder with OpenSSL's own tools: forms that other software sends and this module never does.
set -euo pipefail
cd "$(dirname "$0")"
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out certificate.pem -days 36500 -set_serial 0x1234 \
    -subj /O=Example/CN=made -addext keyUsage=critical,digitalSignature,keyEncipherment 2>/dev/null
openssl req -x509 -newkey rsa:2048 -nodes -keyout /dev/null -out other.pem -days 36500 -set_serial 0x99 \
    -subj /O=Example/CN=other 2>/dev/null
printf 'made content' > content
legacy=(-provider default -provider legacy)
encrypt() { openssl cms -encrypt -binary -in content -outform DER "$@"; }
encrypt -aes-128-cbc -out oaep.der -recip certificate.pem -keyopt rsa_padding_mode:oaep
encrypt -aes-128-cbc -out oaep-sha256.der -recip certificate.pem -keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha256
encrypt -aes-128-cbc -out indefinite.der -stream -recip certificate.pem
encrypt -des-cbc "${legacy[@]}" -out single-des.der -recip certificate.pem
encrypt -rc2-40-cbc "${legacy[@]}" -out rc2.der -recip certificate.pem
encrypt -aes-128-cbc -out key-identifier.der -keyid -recip certificate.pem
encrypt -aes-128-cbc -out two-recipients.der other.pem certificate.pem
sign() { openssl cms -sign -binary -in content -outform DER -nosmimecap -signer certificate.pem -inkey key.pem "$@"; }
sign -nodetach -md sha256 -out signed-indefinite.der -stream
sign -nodetach -md sha256 -out signed-pss.der -keyopt rsa_padding_mode:pss
sign -nodetach -md sha256 -out signed-key-identifier.der -keyid
sign -nodetach -md md5 -out signed-md5.der
# Enveloped data as the Go packages write it: DER, but the encrypted content as a constructed [0] around an OCTET STRING.
# And an RSA key whose primes are neighbours (CVE-2022-26320).
python3 - <<'PYTHON'
import subprocess

def element(tag, content):
    n = len(content)
    length = bytes([n]) if n < 128 else (lambda b: bytes([0x80 | len(b)]) + b)(n.to_bytes((n.bit_length() + 7) // 8, "big"))
    return bytes([tag]) + length + content

def split(data):
    out = []
    while data:
        n, head = data[1], 2
        if n & 0x80:
            head, n = 2 + (n & 0x7F), int.from_bytes(data[2:2 + (n & 0x7F)], "big")
        out.append((data[0], data[head:head + n]))
        data = data[head + n:]
    return out

subprocess.run("openssl cms -encrypt -binary -in content -outform DER -aes-128-cbc -out plain.tmp certificate.pem", shell=True, check=True)
info = split(split(open("plain.tmp", "rb").read())[0][1])
body = split(split(info[1][1])[0][1])
content = split(body[2][1])
content[2] = (0xA0, element(0x04, content[2][1]))
join = lambda parts: b"".join(element(t, c) for t, c in parts)
body[2] = (0x30, join(content))
info[1] = (0xA0, element(0x30, join(body)))
open("constructed.der", "wb").write(element(0x30, join(info)))

prime = lambda: int(subprocess.check_output("openssl prime -generate -bits 1024", shell=True))
is_prime = lambda n: b"is prime" in subprocess.check_output(["openssl", "prime", str(n)])
while True:
    p = prime()
    q = p + 2
    while not is_prime(q):
        q += 2
    e, phi = 65537, (p - 1) * (q - 1)
    if phi % e and (p * q).bit_length() == 2048:
        break
d = pow(e, -1, phi)
integer = lambda v: element(2, v.to_bytes(v.bit_length() // 8 + 1, "big"))
p, q = max(p, q), min(p, q)
fields = [0, p * q, e, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p)]
open("close-primes.der", "wb").write(element(0x30, b"".join(map(integer, fields))))
PYTHON
rm -f content plain.tmp
