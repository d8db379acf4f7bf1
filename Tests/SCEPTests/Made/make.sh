#!/usr/bin/env bash
# Makes the keys of this folder, and envelopes with OpenSSL's own tools: forms that servers send and this engine never
# does. The envelopes are for `requester.pem`, the certificate that a transaction makes from `requester-key.pem` at the
# fixed time and with the fixed random numbers of the tests (a test compares them).
set -euo pipefail
cd "$(dirname "$0")"
for name in ca ra-signing ra-encryption requester stranger; do
    [ -s "$name-key.pem" ] || openssl genrsa -out "$name-key.pem" 2048 2>/dev/null
done
[ -s ca.pem ] || openssl req -x509 -new -key ca-key.pem -out ca.pem -days 36500 -set_serial 1 -subj /O=Example/CN=Made-CA \
    -addext keyUsage=critical,keyCertSign,cRLSign 2>/dev/null
[ -s issued.pem ] || openssl req -new -key requester-key.pem -subj /O=Example/CN=device.example.com |
    openssl x509 -req -CA ca.pem -CAkey ca-key.pem -set_serial 77 -days 36500 -out issued.pem 2>/dev/null
[ -s requester.pem ] || exit 0
openssl crl2pkcs7 -nocrl -certfile issued.pem -outform DER -out content
legacy=(-provider default -provider legacy)
encrypt() { openssl cms -encrypt -binary -in content -outform DER "$@"; }
for cipher in aes-128-cbc aes-192-cbc aes-256-cbc des-ede3-cbc; do
    encrypt "-$cipher" -out "$cipher.der" requester.pem
done
encrypt -des-cbc "${legacy[@]}" -out des-cbc.der requester.pem
encrypt -aes-128-cbc -out oaep.der -recip requester.pem -keyopt rsa_padding_mode:oaep
encrypt -aes-128-cbc -out oaep-sha256.der -recip requester.pem -keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha256
encrypt -aes-128-cbc -out indefinite.der -stream requester.pem
encrypt -aes-128-cbc -out two-recipients.der ca.pem requester.pem
rm -f content
