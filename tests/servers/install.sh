#!/bin/sh
# The servers that the tests talk to, the browser, and the programs that read our books, from Debian's packages.
# Installs what is missing, starts none: each test does.
# Without root, or elsewhere than on Debian, it names what will be skipped; under CI=true that is a failure.
set -eu

# One line each: the package, then the program that tells that it is there.
servers='
postfix       postfix
spamassassin  spamassassin
spamd         spamd
chromium      chromium
dovecot-imapd dovecot
nsd           nsd
nginx-light   nginx
opendkim      opendkim
postgresql    pg_ctlcluster
redis-server  redis-server
rabbitmq-server rabbitmq-server
hledger       hledger
ledger        ledger
beancount     bean-check
poppler-utils pdftotext
qpdf          qpdf
zbar-tools    zbarimg
'

# Answers to questions that packages ask while they are installed; unasked ones do no harm.
answers='
postfix postfix/main_mailer_type select No configuration
'

PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin # where servers live; a plain user's PATH lacks them
policy=/usr/sbin/policy-rc.d
kept=$policy.kept-by-mailgate-tests
mark='# mailgate tests: no service starts while its package is installed'

say() { printf 'servers for the tests: %s\n' "$*"; }

missing_packages() {
    printf '%s' "$servers" | while read -r package program; do
        if [ -n "$package" ] && ! command -v "$program" >/dev/null; then printf ' %s' "$package"; fi
    done
}

give_up() { # why
    if [ -z "$missing" ]; then exit 0; fi
    if [ "${CI:-}" = true ]; then
        say "missing:$missing. $1" >&2
        exit 1
    fi
    say "skipping the tests of:$missing. $1"
    exit 0
}

policy_is_ours() { grep -qs "$mark" "$policy"; }

restore_policy() {
    if ! policy_is_ours; then return 0; fi
    if [ -e "$kept" ]; then mv -f "$kept" "$policy"; else rm -f "$policy"; fi
}

forbid_starting_services() {
    trap restore_policy EXIT # before the change that it takes back
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    if [ -e "$policy" ]; then cp -p "$policy" "$kept"; fi
    printf '#!/bin/sh\n%s\nexit 101\n' "$mark" >"$policy.new" # 101: forbidden by policy, invoke-rc.d(8)
    chmod 755 "$policy.new"
    mv "$policy.new" "$policy"
}

apt() { DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" 9>&-; }

install() {
    apt update || say 'apt-get update failed, trying with the package lists at hand'
    printf '%s' "$answers" | debconf-set-selections
    # shellcheck disable=SC2086 # one word a package
    apt install -y --no-install-recommends $missing
}

missing=$(missing_packages)
if [ -z "$missing" ] && ! policy_is_ours; then exit 0; fi # a policy of ours is what a killed run has left
if [ "$(id -u)" != 0 ]; then give_up 'Installing them needs root.'; fi
if ! command -v apt-get >/dev/null; then give_up 'There is no apt-get to install them with.'; fi

exec 9>/run/mailgate-tests-servers.lock # two runs at once would restore each other's policy
flock 9
restore_policy
missing=$(missing_packages)
if [ -z "$missing" ]; then exit 0; fi

say "installing$missing"
forbid_starting_services
report=$(install 2>&1) || printf '%s\n' "$report" | tail -n 20 >&2
missing=$(missing_packages)
if [ -n "$missing" ]; then give_up 'apt-get could not install them.'; fi
