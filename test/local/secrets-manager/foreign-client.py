"""Drives the endpoint with boto3: a secret's life by hand, then a rotation by a small function of its own."""

import json
import sys
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, HTTPServer

import boto3

port = int(sys.argv[1])
client = boto3.client("secretsmanager")


def labels(secret_id):
    versions = client.describe_secret(SecretId=secret_id)["VersionIdsToStages"]
    return {version: sorted(stages) for version, stages in versions.items()}


def by_hand():
    name, first, second = "boto3/by-hand", str(uuid.uuid4()), str(uuid.uuid4())
    client.create_secret(Name=name, SecretString="one", ClientRequestToken=first)
    client.put_secret_value(SecretId=name, SecretString="two", ClientRequestToken=second, VersionStages=["AWSPENDING"])
    assert client.get_secret_value(SecretId=name)["SecretString"] == "one"
    assert labels(name) == {first: ["AWSCURRENT"], second: ["AWSPENDING"]}

    client.update_secret_version_stage(
        SecretId=name, VersionStage="AWSCURRENT", MoveToVersionId=second, RemoveFromVersionId=first
    )
    client.update_secret_version_stage(SecretId=name, VersionStage="AWSPENDING", RemoveFromVersionId=second)
    assert client.get_secret_value(SecretId=name)["SecretString"] == "two"
    assert labels(name) == {first: ["AWSPREVIOUS"], second: ["AWSCURRENT"]}

    client.update_secret_version_stage(
        SecretId=name, VersionStage="AWSCURRENT", MoveToVersionId=first, RemoveFromVersionId=second
    )
    assert client.get_secret_value(SecretId=name)["SecretString"] == "one"
    assert labels(name) == {first: ["AWSCURRENT"], second: ["AWSPREVIOUS"]}
    try:
        client.put_secret_value(SecretId=name, SecretString="three", ClientRequestToken=second)
        raise AssertionError("a known token took another value")
    except client.exceptions.ResourceExistsException:
        pass


def step(event):
    token, secret_id = event["ClientRequestToken"], event["SecretId"]
    if event["Step"] == "createSecret":
        client.put_secret_value(
            SecretId=secret_id, SecretString="rotated", ClientRequestToken=token, VersionStages=["AWSPENDING"]
        )
    if event["Step"] == "finishSecret":
        current = next(version for version, stages in labels(secret_id).items() if "AWSCURRENT" in stages)
        client.update_secret_version_stage(
            SecretId=secret_id, VersionStage="AWSCURRENT", MoveToVersionId=token, RemoveFromVersionId=current
        )


class Function(BaseHTTPRequestHandler):
    def do_HEAD(self):
        self.answer()

    def do_POST(self):
        step(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        self.answer()

    def answer(self):
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_arguments):
        pass


def rotated():
    server = HTTPServer(("127.0.0.1", port), Function)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    name, first, second = "boto3/rotated", str(uuid.uuid4()), str(uuid.uuid4())
    client.create_secret(Name=name, SecretString="first", ClientRequestToken=first)
    client.rotate_secret(
        SecretId=name,
        ClientRequestToken=second,
        RotationLambdaARN="arn:aws:lambda:us-east-1:000000000000:function:small",
        RotationRules={"AutomaticallyAfterDays": 30},
    )
    limit = time.monotonic() + 30
    while "LastRotatedDate" not in client.describe_secret(SecretId=name):
        assert time.monotonic() < limit, "the rotation did not end"
        time.sleep(0.05)
    assert client.get_secret_value(SecretId=name)["SecretString"] == "rotated"
    assert labels(name) == {first: ["AWSPREVIOUS"], second: ["AWSCURRENT"]}


by_hand()
rotated()
print("done")
