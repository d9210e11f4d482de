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


def is_written_empty(value):
    """Whether a value, or a part of a list or an object, is written as an empty parameter."""
    if isinstance(value, dict):
        return not value or any(is_written_empty(part) for entry in value.items() for part in entry)
    if isinstance(value, (list, tuple)):
        return not value or any(is_written_empty(part) for part in value)
    return value is None or value == ""


@schemathesis.hook
def filter_query(context, query):
    """An empty parameter counts as absent, which no schema of a parameter can say."""
    return not any(is_written_empty(value) for value in (query or {}).values())
