"""Calls AWS for the suite of `npm run test:oracle`: reads a line of JSON for each call, and writes one for each response.

botocore checks each call by AWS's own models before it is sent. With --moto the calls do not leave the process: moto answers
them.
"""

import base64
import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import botocore.config
import botocore.exceptions
import botocore.session
from botocore import xform_name

CONFIG = botocore.config.Config(retries={"total_max_attempts": 1}, max_pool_connections=32)

if "--moto" in sys.argv:
    from moto import mock_aws

    # Before the session, which takes its handlers of requests when it begins.
    mock_aws().start()

session = botocore.session.get_session()
clients = {}
lock = threading.Lock()


def client_of(service, credentials):
    key = (service, credentials["accessKeyId"])
    with lock:
        if key not in clients:
            clients[key] = session.create_client(
                service,
                config=CONFIG,
                aws_access_key_id=credentials["accessKeyId"],
                aws_secret_access_key=credentials["secretAccessKey"],
                aws_session_token=credentials.get("sessionToken"),
            )
        return clients[key]


def plain(value):
    """A value that JSON does not have, as text."""
    if hasattr(value, "read"):
        value = value.read()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)


def call(client, operation, params):
    method = xform_name(operation)
    if client.can_paginate(method):
        return client.get_paginator(method).paginate(**params).build_full_result()
    return getattr(client, method)(**params)


def respond(line):
    request = json.loads(line)
    try:
        client = client_of(request["service"], request["credentials"])
        response = {"result": call(client, request["operation"], request["params"])}
    except botocore.exceptions.ClientError as error:
        response = {"error": error.response["Error"]}
    except botocore.exceptions.BotoCoreError as error:
        response = {"error": {"Code": type(error).__name__, "Message": str(error)}}
    except Exception as error:  # of moto: what it cannot do
        response = {"error": {"Code": type(error).__name__, "Message": str(error)}}
    text = json.dumps({"id": request["id"], **response}, default=plain)
    with lock:
        print(text, flush=True)


with ThreadPoolExecutor(16) as pool:
    for line in sys.stdin:
        pool.submit(respond, line)
