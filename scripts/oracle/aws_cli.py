"""The AWS CLI, loaded once: `serve SOCKET COMMAND` listens, and writes COMMAND, a program that runs the CLI in a copy of this process.

To start the CLI takes most of a second of processor time, and a runbook has a hundred calls.
"""

import json
import os
import socket
import sys
import traceback

# Sends its arguments, directory, environment and files, and ends as the CLI ended.
CLIENT = """#!{python} -SEs
import json, os, socket, sys
server = socket.socket(socket.AF_UNIX)
server.connect({path!r})
request = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()
socket.send_fds(server, [len(request).to_bytes(4, "big")], [0, 1, 2])
server.sendall(request)
sys.exit(server.recv(1)[0])
"""


def receive(connection, size):
    data = b""
    while len(data) < size:
        data += connection.recv(size - len(data))
    return data


def run(connection):
    head, files, _, _ = socket.recv_fds(connection, 4, 3)
    arguments, directory, environment = json.loads(receive(connection, int.from_bytes(head, "big")))
    for descriptor, file in enumerate(files):
        os.dup2(file, descriptor)
    os.chdir(directory)
    data = os.environ["AWS_DATA_PATH"]  # Set by the CLI when it is loaded.
    os.environ.clear()
    os.environ.update(environment, AWS_DATA_PATH=data)
    # Of the CLI 2; the CLI 1 takes any payload as it is. And the CLI 1 sends calls of SQS to an endpoint only by this option.
    kept = [it for it in arguments if it not in ("--cli-binary-format", "raw-in-base64-out")]
    code = main(["--endpoint-url", os.environ["AWS_ENDPOINT_URL"], *kept])
    sys.stdout.flush()
    connection.send(bytes([code & 255]))


def main(arguments):
    from awscli.clidriver import create_clidriver

    return create_clidriver().main(arguments)


_, _, path, command = sys.argv
import awscli.clidriver  # noqa: E402
import awscli.handlers  # noqa: E402, F401

listener = socket.socket(socket.AF_UNIX)
listener.bind(path)
listener.listen(64)
with open(command, "w", encoding="utf-8") as file:
    file.write(CLIENT.format(python=sys.executable, path=path))
os.chmod(command, 0o755)
print("ready", flush=True)
while True:
    connection, _ = listener.accept()
    if os.fork() == 0:
        listener.close()
        status = 255
        try:
            run(connection)
            status = 0
        except SystemExit as end:
            connection.send(bytes([(end.code or 0) & 255]))
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(status)
    connection.close()
    while True:  # Copies that have ended.
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                break
        except ChildProcessError:
            break
