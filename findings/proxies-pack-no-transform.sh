#!/usr/bin/env bash
# nginx 1.22 and Apache 2.4 (Debian 12): an answer that says no-transform is packed all the same.
#
# What they do: told to pack a media type (gzip_types, AddOutputFilterByType DEFLATE), both send
# `Content-Encoding: gzip` for an answer of another server that came plain, with the header
# `Cache-Control: no-transform` in it, which they pass on.
# What one would guess: that answer as it is. With no-transform an intermediary "MUST NOT transform
# the content" (RFC 9111, 5.2.2.6), and packing is the first example of RFC 9110 (7.7).
# Seen: the headers below. Who relies on it for streams of events, signed answers or ranges has to
# set up each proxy as well; nothing in the answer helps.
set -euo pipefail

tmp=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$tmp"' EXIT
cd "$tmp"
chmod 755 .
timeout 120 apt-get -qq -o APT::Sandbox::User="$(id -un)" download \
    nginx apache2-bin libapr1 libaprutil1
for package in *.deb; do dpkg -x "$package" root; done
export LD_LIBRARY_PATH="$tmp/root/usr/lib/$(uname -m)-linux-gnu"
modules="$tmp/root/usr/lib/apache2/modules"

cat >server.py <<'PY'
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = b"event: hello\n\n" * 200
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-transform")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *args): pass
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
PY
python3 server.py >port &
until [ -s port ]; do sleep 0.1; done
own=$(cat port)
free() {
    python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

nginx=$(free)
cat >nginx.conf <<END
daemon off; pid $tmp/nginx.pid; error_log $tmp/nginx.log; worker_processes 1; events {}
http {
  access_log off; gzip on; gzip_proxied any; gzip_types text/event-stream;
  client_body_temp_path $tmp/1; proxy_temp_path $tmp/2; fastcgi_temp_path $tmp/3;
  uwsgi_temp_path $tmp/4; scgi_temp_path $tmp/5;
  server { listen 127.0.0.1:$nginx; location / { proxy_pass http://127.0.0.1:$own; } }
}
END
root/usr/sbin/nginx -p "$tmp" -e "$tmp/nginx.log" -c "$tmp/nginx.conf" &

apache=$(free)
cat >apache.conf <<END
ServerRoot $tmp
ServerName localhost
Listen 127.0.0.1:$apache
PidFile $tmp/apache.pid
ErrorLog $tmp/apache.log
LoadModule mpm_event_module $modules/mod_mpm_event.so
LoadModule authz_core_module $modules/mod_authz_core.so
LoadModule proxy_module $modules/mod_proxy.so
LoadModule proxy_http_module $modules/mod_proxy_http.so
LoadModule filter_module $modules/mod_filter.so
LoadModule deflate_module $modules/mod_deflate.so
User nobody
Group nogroup
AddOutputFilterByType DEFLATE text/event-stream
ProxyPass / http://127.0.0.1:$own/
END
root/usr/sbin/apache2 -f "$tmp/apache.conf" -DFOREGROUND &

ask() {
    curl -sf -o /dev/null -D - --retry 20 --retry-connrefused --retry-delay 1 --max-time 20 \
        -H 'Accept-Encoding: gzip' "http://127.0.0.1:$1/" | tr -d '\r' | tr A-Z a-z |
        grep -E '^(cache-control|content-encoding)' | sort | paste -sd' '
}
seen=$(
    echo "server: $(ask "$own")"
    echo "nginx:  $(ask "$nginx")"
    echo "apache: $(ask "$apache")"
)
echo "$seen"

diff - <(echo "$seen") <<'END'
server: cache-control: no-transform
nginx:  cache-control: no-transform content-encoding: gzip
apache: cache-control: no-transform content-encoding: gzip
END
