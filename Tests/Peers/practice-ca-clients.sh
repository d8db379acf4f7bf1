#!/bin/sh
# Enrols at the practice CA with SCEP clients that others wrote: strongSwan's pki, certmonger and micromdm's scepclient.
#
#   Tests/Peers/practice-ca-clients.sh [path of the practice-ca executable]
#
# Prints PASS or FAIL a case and, at the end, "N passed, M failed"; the exit status is 0 only when nothing failed.
# Needs the Debian packages strongswan-pki, libstrongswan-extra-plugins, certmonger, scep, openssl and curl.
set -u
# certmonger is a daemon, and Debian leaves the folder of daemons out of an ordinary user's PATH.
PATH=$PATH:/usr/sbin

root=$(cd "$(dirname "$0")/../.." && pwd)
practice_ca=${1:-$root/.build/debug/practice-ca}
challenge=practice-challenge
work=$(mktemp -d)
server=
daemon=
passed=0
failed=0

stop() {
    # Only what this script started, by process id.
    for id in $daemon $server; do kill "$id" 2>/dev/null; done
    for id in $daemon $server; do wait "$id" 2>/dev/null; done
    daemon=
    server=
}
trap 'stop; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# start NAME PROFILE [option...]: a practice CA of its own; sets url, address (scheme, host and port) and data.
start() {
    name=$1
    profile=$2
    shift 2
    data=$work/$name
    "$practice_ca" serve --data "$data" --listen 127.0.0.1 --port 0 --profile "$profile" --challenge "$challenge" "$@" \
        >"$work/$name.out" 2>"$work/$name.err" &
    server=$!
    url=
    tries=0
    # Its keys take their time on a machine that is slow and busy.
    while [ -z "$url" ] && [ $tries -lt 1800 ] && kill -0 "$server" 2>/dev/null; do
        sleep 0.1
        tries=$((tries + 1))
        url=$(sed -n 's/^SCEP server: //p' "$work/$name.out")
    done
    if [ -z "$url" ]; then
        echo "FAIL the practice CA does not start ($name)"
        cat "$work/$name.err"
        exit 1
    fi
}

# report RESULT CASE [log file]
report() {
    if [ "$1" -eq 0 ]; then
        echo "PASS $2"
        passed=$((passed + 1))
    else
        echo "FAIL $2"
        failed=$((failed + 1))
        if [ -n "${3:-}" ] && [ -f "$3" ]; then sed 's/^/    /' "$3" | tail -20; fi
    fi
}

# verified CERTIFICATE KEY: the certificate chains to the practice CA and is for this key.
verified() {
    [ -s "$1" ] && [ -s "$2" ] || return 1
    openssl verify -CAfile "$data/ca.pem" "$1" >/dev/null || return 1
    [ "$(openssl x509 -in "$1" -noout -pubkey)" = "$(openssl pkey -in "$2" -pubout)" ]
}

# strongSwan 5.9.8 mistakes the numbers of capability bits for bits: its AES needs a capability that no RFC names
# (SHA-384), its 3DES needs AES in the list. So it enrols with 3DES at the RFC profile, and not at all at the NDES
# profile, whose list has no AES. It fetches the CA certificate in a step of its own.
strongswan() {
    label=$1
    shift
    folder=$work/strongswan-$name
    mkdir "$folder"
    (
        cd "$folder" || exit 1
        pki --scepca --url "$url" --caout ca.crt --outform pem --force || exit 1
        pki --gen --type rsa --size 2048 --outform pem >key.pem || exit 1
        pki --scep --url "$url" --in key.pem --dn "O=Practice, CN=strongswan.example" --san strongswan.example \
            --password "$challenge" --cacert-enc ca.crt --cacert-sig ca.crt --cacert ca.crt \
            --cipher des3 --digest sha256 --outform pem "$@" >certificate.pem || exit 1
    ) >"$folder/log" 2>&1
    verified "$folder/certificate.pem" "$folder/key.pem"
    report $? "$label" "$folder/log"
}

# A renewal is signed with the certificate that is to be renewed, and brings no challenge.
strongswan_renewal() {
    folder=$work/strongswan-$name
    (
        cd "$folder" || exit 1
        pki --gen --type rsa --size 2048 --outform pem >new-key.pem || exit 1
        pki --scep --url "$url" --in new-key.pem --dn "O=Practice, CN=strongswan.example" --san strongswan.example \
            --cert certificate.pem --key key.pem --cacert-enc ca.crt --cacert-sig ca.crt --cacert ca.crt \
            --cipher des3 --digest sha256 --outform pem >new-certificate.pem || exit 1
    ) >"$folder/log" 2>&1
    verified "$folder/new-certificate.pem" "$folder/new-key.pem"
    report $? "$1" "$folder/log"
}

# Approval by hand while the client polls once a second.
strongswan_approval() {
    (
        tries=0
        while [ $tries -lt 100 ]; do
            id=$("$practice_ca" pending --data "$data" | head -n 1 | cut -f 1)
            if [ -n "$id" ]; then
                "$practice_ca" approve "$id" --data "$data"
                exit $?
            fi
            sleep 0.1
            tries=$((tries + 1))
        done
        exit 1
    ) &
    approver=$!
    strongswan "$1" --interval 1 --maxpolltime 20
    wait "$approver"
}

# certmonger 0.79.17 without D-Bus: GET only, a version 1 requester certificate with a 256 bit serial number. It looks
# for the signer of a reply among the certificates that it was given with -I, and in the reply.
certmonger_enrols() {
    label=$1
    shift
    folder=$work/certmonger-$name
    mkdir "$folder" "$folder/requests" "$folder/cas" "$folder/tmp"
    cat "$@" >"$folder/signers.pem"
    cat >"$folder/enrol.sh" <<EOF
getcert add-scep-ca -c practice -u '$url' -I '$folder/signers.pem' || exit 1
sleep 2
getcert request -c practice -k '$folder/key.pem' -f '$folder/certificate.pem' -I machine \
    -N 'CN=certmonger.example,O=Practice' -D certmonger.example -g 2048 -L '$challenge' -w -v
EOF
    # Nothing of the system's own certmonger, which may be running, and which only root may touch.
    CERTMONGER_REQUESTS_DIR=$folder/requests CERTMONGER_CAS_DIR=$folder/cas CERTMONGER_TMPDIR=$folder/tmp \
        CERTMONGER_LOCAL_CA_DIR=$folder/local CERTMONGER_SYSTEM_LOCK_FILE=$folder/lock \
        timeout 60 certmonger -L -P "$folder/socket" -n -d 2 -p "$folder/pid" -c "sh $folder/enrol.sh" \
        >"$folder/log" 2>&1 &
    daemon=$!
    tries=0
    while [ $tries -lt 300 ] && kill -0 "$daemon" 2>/dev/null && [ ! -s "$folder/certificate.pem" ]; do
        sleep 0.2
        tries=$((tries + 1))
    done
    kill "$daemon" 2>/dev/null
    wait "$daemon" 2>/dev/null
    daemon=
    verified "$folder/certificate.pem" "$folder/key.pem"
    report $? "$label" "$folder/log"
}

# micromdm's client 2.1.0 encrypts with single DES, to every certificate that GetCACert answered: the CA needs the
# switch --accept-single-des.
micromdm() {
    folder=$work/micromdm-$name
    mkdir "$folder"
    # It asks again for ever, so it gets a time limit.
    timeout 20 scepclient -server-url="$url" -private-key "$folder/key.pem" -certificate "$folder/certificate.pem" \
        -challenge "$challenge" -cn micromdm.example -keySize 2048 -debug >"$folder/log" 2>&1
    verified "$folder/certificate.pem" "$folder/key.pem"
    report $? "$1" "$folder/log"
}

micromdm_refused() {
    folder=$work/micromdm-$name
    mkdir "$folder"
    timeout 20 scepclient -server-url="$url" -private-key "$folder/key.pem" -certificate "$folder/certificate.pem" \
        -challenge "$challenge" -cn micromdm.example -keySize 2048 >"$folder/log" 2>&1
    [ ! -s "$folder/certificate.pem" ] && [ -z "$("$practice_ca" issued --data "$data")" ]
    report $? "$1" "$folder/log"
}

start rfc rfc
strongswan "strongSwan pki --scep enrols at the RFC profile"
strongswan_renewal "strongSwan pki --scep renews with RenewalReq at the RFC profile"
certmonger_enrols "certmonger enrols at the RFC profile" "$data/ca.pem"
stop

start manual rfc --approval manual
strongswan_approval "strongSwan pki --scep polls until the request is approved"
stop

start ndes ndes
certmonger_enrols "certmonger enrols at the NDES profile" "$data/ra-signing.pem" "$data/ca.pem"
stop

start refusing rfc
micromdm_refused "micromdm scepclient is refused without --accept-single-des"
stop

start accepting rfc --accept-single-des
micromdm "micromdm scepclient enrols at the RFC profile with --accept-single-des"
stop

start accepting-ndes ndes --accept-single-des
micromdm "micromdm scepclient enrols at the NDES profile with --accept-single-des"
stop

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
