"""The trails of all accounts and regions, and what must be right for one to be made."""

from collections.abc import Iterable, Mapping
from typing import Any

from rehearsal.world.inside.json_service import ServiceError
from rehearsal.world.inside.plugins.cloudtrail.record import Record
from rehearsal.world.inside.plugins.cloudtrail.selectors import DEFAULT, Selector, problem
from rehearsal.world.inside.plugins.cloudtrail.trail import Trail
from rehearsal.world.inside.setting import Setting

SERVICE = "cloudtrail.amazonaws.com"
ACL = "bucket-owner-full-control"
# What a trail may be told, and by what it is shown where that has another name.
SHOWN = {"EnableLogFileValidation": "LogFileValidationEnabled"}
MISSING = ("SnsTopicName", "IsOrganizationTrail")


class Trails:
    """Found by name or ARN from the account and region of the request that asks."""

    def __init__(self, world: Setting, record: Record) -> None:
        self.world, self.record = world, record
        self.all: list[Trail] = []
        # Deleted ones that have something to deliver yet.
        self.ending: list[Trail] = []

    def here(self) -> tuple[str, str]:
        """The account and region of who asks."""
        get = self.world.seams.get
        return get("responses.get_account_id")(), get("responses.get_region")()

    def visible(self) -> list[Trail]:
        """Those of the region, and those of other regions that are for all."""
        account, region = self.here()
        return [
            each
            for each in self.all
            if each.account == account
            and (each.region == region or each.settings["IsMultiRegionTrail"])
        ]

    def find(self, name: str) -> Trail:
        """A trail by its name or ARN.

        Raises:
            ServiceError: there is none.
        """
        for each in self.visible():
            if name in (each.name, each.arn):
                return each
        raise ServiceError("TrailNotFoundException", f"Unknown trail: {name}")

    def own(self, name: str) -> Trail:
        """A trail that may be changed from here.

        Raises:
            ServiceError: there is none, or it is at home in another region.
        """
        trail = self.find(name)
        if trail.region != self.here()[1]:
            raise ServiceError("InvalidHomeRegionException", f"{name} is from {trail.region}")
        return trail

    def create(self, request: Mapping[str, Any], tags: Mapping[str, str]) -> Trail:
        """A new trail, which takes no events yet.

        Raises:
            ServiceError: there is one of that name, or what it names does not let it in.
        """
        account, region = self.here()
        if any(each.name == request["Name"] for each in self.visible()):
            raise ServiceError("TrailAlreadyExistsException", f"{request['Name']} already exists")
        settings = {
            "IncludeGlobalServiceEvents": True,
            "IsMultiRegionTrail": False,
            "LogFileValidationEnabled": False,
            "HomeRegion": region,
            "HasCustomEventSelectors": False,
            "HasInsightSelectors": False,
            "IsOrganizationTrail": False,
        }
        trail = Trail(account=account, region=region, settings=settings, tags=dict(tags))
        trail.settings |= _told(request)
        trail.settings["TrailARN"] = trail.arn
        self._check(trail, trail.settings)
        self.all.append(trail)
        return trail

    def update(self, trail: Trail, request: Mapping[str, Any]) -> None:
        """Change what the request names.

        Raises:
            ServiceError: what it names does not let the trail in.
        """
        settings = {**trail.settings, **_told({**request, "Name": trail.name})}
        self._check(trail, settings)
        trail.settings = settings

    def select(self, trail: Trail, selectors: Iterable[Selector]) -> None:
        """Let the trail have such events from now on.

        Raises:
            ServiceError: the rehearsal cannot select so.
        """
        chosen = list(selectors)
        if wrong := problem(chosen):
            raise ServiceError("InvalidEventSelectorsException", wrong)
        trail.take(self.record.events)
        trail.selectors = chosen
        trail.settings["HasCustomEventSelectors"] = chosen != list(DEFAULT)

    def start(self, trail: Trail) -> None:
        """Let it take events from now on."""
        if not trail.logging:
            trail.take(self.record.events)
            trail.logging, trail.started = True, self.world.clock.now()

    def stop(self, trail: Trail) -> None:
        """Let it take no events any more; the call that stops it is its last."""
        if trail.logging:
            trail.logging, trail.stopped = False, self.world.clock.now()

    def delete(self, trail: Trail) -> None:
        """Let it go."""
        self.stop(trail)
        self.all.remove(trail)
        self.ending.append(trail)

    def may(self, trail: Trail, service: str, action: str, resource: str) -> bool:
        """Whether the resource's own policy lets CloudTrail do so for the trail."""
        get = self.world.seams.get
        lookup = {"s3": "s3.bucket_policy_for_arn", "kms": "kms.key_policy_for_arn"}[service]
        found = get(lookup)(resource)
        context = get("iam_evaluator.EvalContext")(
            principal_arn=SERVICE,
            principal_type="Service",
            principal_account="",
            action=action,
            resource_arn=resource,
            region=trail.region,
            secure_transport=True,
            service_context={
                "aws:sourcearn": trail.arn,
                "aws:sourceaccount": trail.account,
                "aws:principalisawsservice": "true",
                "kms:encryptioncontext:aws:cloudtrail:arn": trail.arn,
                "s3:x-amz-acl": ACL,
                "s3:tlsversion": "1.3",
            },
        )
        evaluate = get("iam_evaluator.evaluate_resource_policy")
        return bool(found and evaluate(found[0], context, service=SERVICE).decision == "Allow")

    def _check(self, trail: Trail, settings: Mapping[str, Any]) -> None:
        bucket = f"arn:aws:s3:::{settings.get('S3BucketName')}"
        if self.world.seams.get("s3.bucket_policy_for_arn")(bucket) is None:
            raise ServiceError("S3BucketDoesNotExistException", f"there is no {bucket}")
        prefix = f"{settings['S3KeyPrefix']}/" if settings.get("S3KeyPrefix") else ""
        file = f"{bucket}/{prefix}AWSLogs/{trail.account}/x"
        if not (
            self.may(trail, "s3", "s3:GetBucketAcl", bucket)
            and self.may(trail, "s3", "s3:PutObject", file)
        ):
            why = f"Incorrect S3 bucket policy is detected for bucket: {settings['S3BucketName']}"
            raise ServiceError("InsufficientS3BucketPolicyException", why)
        key = settings.get("KmsKeyId")
        if key and not self.may(trail, "kms", "kms:GenerateDataKey", key):
            why = f"{key} does not let CloudTrail encrypt"
            raise ServiceError("InsufficientEncryptionPolicyException", why)
        self._check_logs(settings)

    def _check_logs(self, settings: Mapping[str, Any]) -> None:
        group, role = (settings.get(f"CloudWatchLogs{each}Arn") for each in ("LogGroup", "Role"))
        if not group and not role:
            return
        name = str(group or "").partition(":log-group:")[2].removesuffix(":*")
        if name not in self.world.seams.get("cloudwatch_logs._log_groups"):
            raise ServiceError("InvalidCloudWatchLogsLogGroupArnException", f"there is no {group}")
        if not role:
            raise ServiceError("InvalidCloudWatchLogsRoleArnException", "the role is missing")


def _told(request: Mapping[str, Any]) -> dict[str, Any]:
    if missing := [name for name in MISSING if request.get(name)]:
        raise ServiceError("UnsupportedOperationException", f"no trail here has {missing[0]}")
    others = ("TagsList", *MISSING)
    return {SHOWN.get(name, name): each for name, each in request.items() if name not in others}
