"""What a deployment is asked to deploy: an AppSpec, in the request or in a bucket."""

import hashlib
from collections.abc import Mapping
from typing import Any

from rehearsal.world.inside.json_service import ServiceError
from rehearsal.world.inside.plugins.codedeploy import groups
from rehearsal.world.inside.plugins.codedeploy.store import Record, Request, Store
from rehearsal.world.inside.role_session import NotTrustedError


def app_spec_of(store: Store, request: Request, group: Mapping[str, Any]) -> tuple[str, Record]:
    """The AppSpec, and the revision as the deployment tells of it.

    Raises:
        ServiceError: there is none, or the group's service role cannot get it.
    """
    revision = request.get("revision") or {}
    for kind in ("appSpecContent", "string"):
        if revision.get(kind):
            content = str(revision[kind]["content"])
            digest = hashlib.sha256(content.encode()).hexdigest()
            return content, {"revisionType": revision["revisionType"], kind: {"sha256": digest}}
    place = revision.get("s3Location")
    if not place:
        raise ServiceError("RevisionRequiredException", "a deployment needs a revision")
    try:
        s3 = groups.service_session(store, group).client("s3")
        found: bytes = s3.get_object(Bucket=place["bucket"], Key=place["key"])["Body"].read()
    except NotTrustedError as error:
        raise ServiceError("InvalidRoleException", str(error)) from error
    except s3.exceptions.ClientError as error:
        raise ServiceError("RevisionDoesNotExistException", str(error)) from error
    return found.decode(), revision
