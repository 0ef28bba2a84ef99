#!/bin/sh
# sh tools/tour.sh [URL [METHOD]]: runs the commands of the README's "Five minutes" against a running store and checks the responses. The payment
# method is test, or another that needs no further details and declines no payment, such as invoice.
set -eu
store=${1:-http://localhost:3000}
method=${2:-test}
declined='"code":"PAYMENT_DECLINED"'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

awk -v method="$method" '
  /^## / { tour = /Five minutes/ }
  /^```/ { code = tour && $0 == "```sh"; next }
  !code || method != "test" && /"token":"decline"/ { next }
  { gsub(/"method":"test"/, "\"method\":\"" method "\""); print }
' "$(dirname "$0")/../README.md" | sed "s|^STORE=.*|STORE=$store|" >"$work/tour"
grep -q '^STORE=' "$work/tour" || { echo 'README.md has no section "Five minutes"' >&2; exit 1; }
sh "$work/tour" | tee "$work/responses"

# Any response contains an empty text.
[ "$method" = test ] || declined=
for expected in \
  '"cart":[{"id":"badger-enamel-mug","quantity":3}]' \
  '"status":"paid"' \
  '{"cart":[{"id":"sett-stoneware-teapot","quantity":1}]}' \
  "$declined"; do
  grep -qF "$expected" "$work/responses" || { echo "missing from the responses: $expected" >&2; exit 1; }
done
echo 'the tour succeeded'
