"""Hooks for rules of the services that are not in their OpenAPI documents."""

import json

import schemathesis

schemathesis.serializer.alias("application/x-ndjson", "text/plain")


@schemathesis.hook
def filter_body(context, body):
    """Skips bodies that could pollute a prototype, which the services always reject."""
    if not isinstance(body, (dict, list)):
        return True
    text = json.dumps(body, default=str)
    return '"__proto__"' not in text and '"constructor"' not in text


@schemathesis.hook
def filter_query(context, query):
    """Skips empty parameters, including empty lists and objects, which count as absent."""
    return not any(value in ("", None, [], {}) for value in (query or {}).values())
