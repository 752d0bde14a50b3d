"""Keep the report for the auditors: once written, never overwritten."""

import csv
import hashlib
import io
import json

import boto3
from botocore.exceptions import ClientError

COLUMNS = ["charge", "kind", "expected_minor", "arrived_minor", "currency", "cause"]


def as_csv(differences: list[dict]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(differences)
    return out.getvalue().encode()


def put_once(client, bucket: str, key: str, body: bytes) -> str:
    """Write an object unless there is one; the same content again is fine."""
    digest = hashlib.sha256(body).hexdigest()
    try:
        client.put_object(Bucket=bucket, Key=key, Body=body, IfNoneMatch="*", Metadata={"sha256": digest})
    except ClientError as error:
        if error.response["Error"]["Code"] != "PreconditionFailed":
            raise
        found = client.head_object(Bucket=bucket, Key=key)["Metadata"].get("sha256")
        if found != digest:
            raise RuntimeError(f"{key} exists with another content; look before anything is replaced.") from error
    return digest


def main(s3: dict, bucket: str, day: str, report: dict) -> dict:
    client = boto3.client("s3", **s3)
    year, month, _ = day.split("-")
    stem = f"reconciliation/{year}/{month}/{day}"
    hashes = {
        f"{stem}.json": put_once(
            client, bucket, f"{stem}.json", json.dumps(report, sort_keys=True).encode()
        ),
        f"{stem}.csv": put_once(client, bucket, f"{stem}.csv", as_csv(report["differences"])),
    }
    return {"written": hashes, "open_minor": report["open_minor"]}
