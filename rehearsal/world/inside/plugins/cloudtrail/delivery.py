"""Trails deliver: each world minute to their log groups, every fifth also to their buckets.

To the log group under the trail's own role, which must be allowed to; to the bucket as CloudTrail
itself, whom the bucket's and the key's policies must let in. What fails is tried again the next
time, and GetTrailStatus says so. There are no digest files.
"""

import gzip
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from botocore.exceptions import ClientError

from rehearsal.world.inside.plugins.cloudtrail.trail import Trail
from rehearsal.world.inside.plugins.cloudtrail.trails import ACL, SERVICE, Trails
from rehearsal.world.inside.role_session import NotTrustedError, RoleSession, assume

MINUTE = 60
BUCKET_MINUTES = 5
# Of a session, which is valid for twelve hours.
SESSION_SECONDS = 11 * 3600
SESSION = "CLOUDWATCH_LOGS_DELIVERY_SESSION"
PARTY = "cloudtrail"
# What one PutLogEvents takes at most.
BATCH_BYTES, BATCH_EVENTS, EVENT_OVERHEAD = 1_000_000, 10_000, 26


class Delivery:
    """What the watch does each minute."""

    def __init__(self, trails: Trails) -> None:
        self.trails, self.world = trails, trails.world
        self._sessions: dict[tuple[str, str], tuple[float, RoleSession]] = {}

    def look(self) -> None:
        """Deliver what is due."""
        party = self.world.parties.current()
        if party is not None:
            self.world.parties.named[PARTY] = party
        full = int(self.world.clock.now() // MINUTE) % BUCKET_MINUTES == 0
        for trail in [*self.trails.all, *self.trails.ending]:
            self.world.seams.get("responses.set_request_account_id")(trail.account)
            self.world.seams.get("responses.set_request_region")(trail.region)
            trail.take(self.trails.record.events)
            if trail.for_logs:
                self._to_logs(trail)
            if trail.for_bucket and (full or not trail.logging):
                self._to_bucket(trail)
        self.trails.ending.clear()

    def _to_logs(self, trail: Trail) -> None:
        group = trail.settings["CloudWatchLogsLogGroupArn"]
        name = group.partition(":log-group:")[2].removesuffix(":*")
        try:
            logs = self._session(trail).client("logs")
            for region, texts in _by_region(trail.for_logs):
                stream = f"{trail.account}_CloudTrail_{region}"
                _put(logs, name, stream, texts, int(self.world.clock.now() * 1000))
        except (ClientError, NotTrustedError) as error:
            trail.status["LatestCloudWatchLogsDeliveryError"] = _code(error)
            return
        trail.for_logs.clear()
        trail.status.pop("LatestCloudWatchLogsDeliveryError", None)
        trail.status["LatestCloudWatchLogsDeliveryTime"] = self.world.clock.now()

    def _session(self, trail: Trail) -> RoleSession:
        role, now = trail.settings["CloudWatchLogsRoleArn"], self.world.clock.now()
        since, session = self._sessions.get((trail.arn, role), (0.0, None))
        if session is None or now - since > SESSION_SECONDS:
            session = assume(
                self.world,
                role,
                service=SERVICE,
                session_name=SESSION,
                source_arn=trail.arn,
                party=PARTY,
            )
            self._sessions[trail.arn, role] = (now, session)
        return session

    def _to_bucket(self, trail: Trail) -> None:
        bucket, key = trail.settings["S3BucketName"], trail.settings.get("KmsKeyId", "")
        now = datetime.fromtimestamp(self.world.clock.now(), UTC)
        trail.status["LatestDeliveryAttemptTime"] = f"{now:%Y-%m-%dT%H:%M:%SZ}"
        chance = self.world.chance(f"cloudtrail/{trail.arn}/{now.timestamp()}")
        headers = {"content-type": "application/json", "content-encoding": "gzip"}
        headers["x-amz-acl"] = ACL
        if key:
            headers["x-amz-server-side-encryption"] = "aws:kms"
            headers["x-amz-server-side-encryption-aws-kms-key-id"] = key
        for region, texts in _by_region(trail.for_bucket):
            prefix = trail.settings.get("S3KeyPrefix")
            folder = f"{prefix}/AWSLogs" if prefix else "AWSLogs"
            unique = f"{chance.getrandbits(80):016X}"[:16]
            file = f"{trail.account}_CloudTrail_{region}_{now:%Y%m%dT%H%MZ}_{unique}.json.gz"
            path = f"{folder}/{trail.account}/CloudTrail/{region}/{now:%Y/%m/%d}/{file}"
            body = gzip.compress(f'{{"Records": [{",".join(texts)}]}}'.encode(), mtime=0)
            if wrong := self._write(trail, bucket, path, body, headers):
                trail.status["LatestDeliveryError"] = wrong
                return
        trail.for_bucket.clear()
        trail.status.pop("LatestDeliveryError", None)
        trail.status["LatestDeliveryTime"] = now.timestamp()

    def _write(
        self, trail: Trail, bucket: str, path: str, body: bytes, headers: dict[str, str]
    ) -> str:
        """Write a log file; the code of the error where CloudTrail may not."""
        key = trail.settings.get("KmsKeyId")
        if self.world.seams.get("s3.bucket_policy_for_arn")(f"arn:aws:s3:::{bucket}") is None:
            return "NoSuchBucket"
        if not self.trails.may(trail, "s3", "s3:PutObject", f"arn:aws:s3:::{bucket}/{path}"):
            return "AccessDenied"
        if key and not self.trails.may(trail, "kms", "kms:GenerateDataKey", key):
            return "KMS.AccessDeniedException"
        status, *_rest = self.world.seams.get("s3._put_object")(bucket, path, body, headers)
        return "" if status == 200 else f"S3 answered {status}"  # noqa: PLR2004 - HTTP's own number


def _put(logs: Any, group: str, stream: str, texts: Sequence[str], now_ms: int) -> None:
    for batch in _batches(texts):
        events = [{"timestamp": now_ms, "message": text} for text in batch]
        try:
            logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)
        except logs.exceptions.ResourceNotFoundException:
            logs.create_log_stream(logGroupName=group, logStreamName=stream)
            logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)


def _batches(texts: Iterable[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for text in texts:
        more = len(text.encode()) + EVENT_OVERHEAD
        if batch and (size + more > BATCH_BYTES or len(batch) == BATCH_EVENTS):
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += more
    if batch:
        yield batch


def _by_region(events: Sequence[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    by_region = groupby(sorted(events, key=itemgetter(0)), key=itemgetter(0))
    return [(region, [text for _, text in group]) for region, group in by_region]


def _code(error: ClientError | NotTrustedError) -> str:
    if isinstance(error, NotTrustedError):
        return "AccessDenied"
    return str(error.response["Error"]["Code"])
