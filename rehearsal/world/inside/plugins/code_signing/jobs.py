"""AWS Signer's jobs: each takes its time, and leaves a package that is signed."""

import json
from collections.abc import Callable
from typing import Any

from rehearsal.world.inside.plugins.code_signing.signatures import signed
from rehearsal.world.inside.setting import Setting

PLATFORM = "AWSLambda-SHA384-ECDSA"
SECONDS = 5
Answer = tuple[int, dict[str, str], bytes]


def install(world: Setting, key: bytes) -> None:
    """Sign what jobs are given, in some seconds."""
    seams, ends = world.seams, dict[str, float]()
    world.memory.hold("signing jobs", ends)
    jobs, profiles = seams.get("signer._jobs"), seams.get("signer._profiles")
    source, put = seams.get("signer._resolve_source"), seams.get("s3._put_object")

    def sign(job: dict[str, Any]) -> None:
        """Write the package over ministack's receipt."""
        place, to = job["source"]["s3"], job["signedObject"]["s3"]
        package, _ = source(place["bucketName"], place["key"], place["version"])
        profile = profiles[job["profileName"]]
        arn = profile["arn"].partition(":/signing-profiles/")[0]
        made = signed(
            package,
            publisher=profile["profileVersionArn"],
            job=f"{arn}:/signing-jobs/{job['jobId']}",
            key=key,
        )
        headers = {"content-type": "application/zip", "content-length": str(len(made))}
        put(to["bucketName"], to["key"], made, headers)

    def starting(stock: Callable[..., Answer]) -> Callable[..., Answer]:
        def start(body: dict[str, Any], headers: Any = None) -> Answer:
            answer = stock(body, headers)
            id_ = json.loads(answer[2]).get("jobId")
            if id_ and id_ not in ends and jobs[id_]["platformId"] == PLATFORM:
                sign(jobs[id_])
                ends[id_] = world.clock.now() + SECONDS
            return answer

        return start

    def describing(stock: Callable[[str], Answer]) -> Callable[[str], Answer]:
        def describe(job_id: str) -> Answer:
            status, headers, body = stock(job_id)
            if status < 300 and world.clock.now() < ends.get(job_id, 0):  # noqa: PLR2004
                over = ("signedObject", "completedAt", "signatureExpiresAt", "statusReason")
                said = {k: v for k, v in json.loads(body).items() if k not in over}
                body = json.dumps({**said, "status": "InProgress"}).encode()
                headers = {**headers, "Content-Length": str(len(body))}
            return status, headers, body

        return describe

    seams.wrap("signer._start_signing_job", starting)
    seams.wrap("signer._describe_signing_job", describing)
