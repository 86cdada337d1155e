#!/bin/sh
# Makes the certificates of the tests anew: fixed dates, fresh keys. The tests bring their own clock, so this is needed
# only when a certificate of another kind is wanted. The keys protect nothing.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

cat >"$work/ca.cnf" <<CONF
[ca]
default_ca = here
[here]
database = $work/index
serial = $work/serial
new_certs_dir = $work
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
[authority]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign
[client]
basicConstraints = critical,CA:false
extendedKeyUsage = clientAuth
[server]
basicConstraints = critical,CA:false
extendedKeyUsage = serverAuth
[plain]
basicConstraints = critical,CA:false
CONF
: >"$work/index"
echo 1000 >"$work/serial"

# issue NAME EXTENSIONS ISSUER FROM TO: a key and a certificate signed by ISSUER, which is NAME for a root
issue() {
  [ -f "$1.key" ] || openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key"
  openssl req -new -key "$1.key" -subj "/CN=$1" -out "$work/$1.csr"
  if [ "$1" = "$3" ]; then signer="-selfsign -keyfile $1.key"; else signer="-cert $3.pem -keyfile $3.key"; fi
  # shellcheck disable=SC2086
  openssl ca -batch -notext -config "$work/ca.cnf" -extensions "$2" $signer \
    -startdate "${4}000000Z" -enddate "${5}000000Z" -in "$work/$1.csr" -out "$1.pem" 2>/dev/null
}

rm -f ./*.pem ./*.key
issue root authority root 20260101 20360101
issue brief-root authority brief-root 20260101 20270101
issue intermediate authority root 20260101 20360101
issue client client intermediate 20260101 20360101
issue brief-client client root 20260101 20270101
issue server server root 20260101 20360101
issue unrestricted plain root 20260101 20360101
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa-client.key 2>/dev/null
issue rsa-client client root 20260101 20360101
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:secp256k1 -out koblitz.key
issue koblitz authority koblitz 20260101 20360101
issue keyed-root authority keyed-root 20260101 20360101
issue keyed-root-client client keyed-root 20260101 20360101
openssl pkcs8 -topk8 -in client.key -passout pass:secret -out encrypted.key
openssl ec -in client.key -out sec1.key 2>/dev/null
rm root.key brief-root.key intermediate.key server.key unrestricted.key keyed-root-client.key
