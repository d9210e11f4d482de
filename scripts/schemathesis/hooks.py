"""Hooks for rules of the services that are not in their OpenAPI documents."""

import json
import os
import zlib

import schemathesis

schemathesis.serializer.alias("application/x-ndjson", "text/plain")


@schemathesis.hook
def filter_body(context, body):
    """Skips bodies that could pollute a prototype, which the services always reject."""
    if not isinstance(body, (dict, list)):
        return True
    text = json.dumps(body, default=str)
    return '"__proto__"' not in text and '"constructor"' not in text


# Headers that no document names, as browsers, proxies and caches send them; no request is rejected for one of them.
HEADERS = [
    {"Accept-Encoding": "gzip;q=0, identity"},
    {"Accept-Encoding": "identity;q=0, *;q=0"},
    {"Accept-Encoding": "gzip;q=1.5, , x-gzip"},
    {"Accept": "text/csv;q=0.9, application/json;q=0.1"},
    {"Accept": "text/csv;q=0, */*;q=0.001"},
    {"Origin": "https://shop.example", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"},
    {"Origin": "null", "Access-Control-Request-Method": "PUT"},
    {"X-Forwarded-For": "203.0.113.7, unknown", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"},
    {"Forwarded": 'for="[::1]";host=evil.example'},
    {"If-Modified-Since": "Wed, 21 Oct 2099 07:28:00 GMT", "If-Range": '"1"', "Range": "bytes=0-1"},
    {"traceparent": "ff-00000000000000000000000000000000-b7ad6b7169203331-01", "baggage": "a=%zz"},
    {"Cookie": "a=b; ;=", "Prefer": "return=minimal", "X-HTTP-Method-Override": "DELETE"},
]
# Authorization headers that are never valid, one a line: of other issuers, forged, expired or malformed.
TOKENS = os.environ["INVALID_TOKENS"].split("\n")


@schemathesis.hook
def before_call(context, case, kwargs):
    """Adds headers to half of the requests, chosen by the request, so that a run depends on its seed alone."""
    choice = zlib.crc32(repr((case.method, case.path, case.path_parameters, case.query, case.body)).encode())
    if choice % 2 == 0:
        case.headers.update(HEADERS[choice // 2 % len(HEADERS)])
    if choice % 31 == 0 and "Authorization" in case.headers:
        case.headers["Authorization"] = TOKENS[choice // 31 % len(TOKENS)]
