"""CodeDeploy's operations, as far as CloudFormation, the hooks and the watch use them."""

import secrets
import string
import uuid
from collections.abc import Mapping
from typing import Any

from rehearsal.world.inside.json_service import Operation, ServiceError
from rehearsal.world.inside.plugins.codedeploy.deployment import (
    Deployment,
    Shift,
    read_app_spec,
)
from rehearsal.world.inside.plugins.codedeploy.engine import SESSION, Engine
from rehearsal.world.inside.plugins.codedeploy.traffic import predefined
from rehearsal.world.inside.service_role import client, start
from rehearsal.world.inside.setting import Setting

Request = dict[str, Any]
_SIGNS = string.ascii_uppercase + string.digits


class Api:
    """Applications, groups, configurations and deployments of one world."""

    def __init__(self, world: Setting) -> None:
        self._world = world
        # By account and region, then by name.
        self._applications: dict[tuple[str, ...], Request] = {}
        self._groups: dict[tuple[str, ...], Request] = {}
        self._routing = predefined()
        self.deployments: dict[str, Deployment] = {}

    def operations(self) -> dict[str, Operation]:
        """Each operation by its name."""
        return {
            "CreateApplication": self.create_application,
            "CreateDeploymentConfig": self.create_deployment_config,
            "CreateDeploymentGroup": self.create_deployment_group,
            "GetDeploymentGroup": self.get_deployment_group,
            "CreateDeployment": self.create_deployment,
            "GetDeployment": self.get_deployment,
            "ListDeployments": self.list_deployments,
            "ListDeploymentTargets": self.list_deployment_targets,
            "GetDeploymentTarget": self.get_deployment_target,
            "PutLifecycleEventHookExecutionStatus": self.put_hook_status,
            "StopDeployment": self.stop_deployment,
        }

    def resource(self, _operation: str, request: Mapping[str, Any]) -> str:
        """The ARN that a request is about: the deployment group, where it is about one."""
        deployment = self.deployments.get(request.get("deploymentId", ""))
        of = deployment.info if deployment else request
        application, group = of.get("applicationName"), of.get("deploymentGroupName")
        if application and group:
            return self._arn(f"deploymentgroup:{application}/{group}")
        if application:
            return self._arn(f"application:{application}")
        return "*"

    def create_application(self, request: Request) -> Request:
        """A new application."""
        name = request["applicationName"]
        key = (*self._here(), name)
        if key in self._applications:
            raise ServiceError("ApplicationAlreadyExistsException", f"there is a {name}")
        self._applications[key] = {**request, "applicationId": str(uuid.uuid4())}
        return {"applicationId": self._applications[key]["applicationId"]}

    def create_deployment_config(self, request: Request) -> Request:
        """A new way to shift traffic."""
        self._routing[request["deploymentConfigName"]] = request["trafficRoutingConfig"]
        return {"deploymentConfigId": str(uuid.uuid4())}

    def create_deployment_group(self, request: Request) -> Request:
        """A new deployment group of an application."""
        application = self._application(request)
        key = (*application, request["deploymentGroupName"])
        if key in self._groups:
            raise ServiceError("DeploymentGroupAlreadyExistsException", f"there is a {key[-1]}")
        self._groups[key] = {**request, "deploymentGroupId": str(uuid.uuid4())}
        return {"deploymentGroupId": self._groups[key]["deploymentGroupId"]}

    def get_deployment_group(self, request: Request) -> Request:
        """A deployment group as it is now."""
        return {"deploymentGroupInfo": {**self._group(request), "computePlatform": "Lambda"}}

    def create_deployment(self, request: Request) -> Request:
        """Start a deployment."""
        group = self._group(request)
        config = request.get("deploymentConfigName") or group.get("deploymentConfigName")
        if config not in self._routing:
            raise ServiceError("DeploymentConfigDoesNotExistException", f"there is no {config}")
        try:
            shift = read_app_spec(self._content(request, group))
        except ValueError as error:
            raise ServiceError("InvalidRevisionException", str(error)) from error
        deployment = self._new(request, group, "user", shift=shift, config=str(config))
        engine = Engine(self._world, deployment, self._routing[str(config)], self._roll_back)
        identity = deployment.info["deploymentId"]
        start(self._world, f"deployment {identity}", engine.run)
        return {"deploymentId": identity}

    def get_deployment(self, request: Request) -> Request:
        """A deployment as it is now."""
        info = self._deployment(request).info
        return {"deploymentInfo": dict(info)}

    def list_deployments(self, request: Request) -> Request:
        """The deployments of a group, the newest first."""
        return {
            "deployments": [
                identity
                for identity, deployment in reversed(self.deployments.items())
                if all(
                    request.get(name) in (None, deployment.info[name])
                    for name in ("applicationName", "deploymentGroupName")
                )
            ]
        }

    def list_deployment_targets(self, request: Request) -> Request:
        """The one target of a deployment for Lambda."""
        shift = self._deployment(request).shift
        return {"targetIds": [f"{shift.function}:{shift.alias}"]}

    def get_deployment_target(self, request: Request) -> Request:
        """The target: its versions, and when each lifecycle event began and ended."""
        target = self._deployment(request).target(self._world.clock.now())
        kind = "LambdaTarget"
        return {"deploymentTarget": {"deploymentTargetType": kind, "lambdaTarget": target}}

    def put_hook_status(self, request: Request) -> Request:
        """A hook reports."""
        deployment, execution = self._deployment(request), request["lifecycleEventHookExecutionId"]
        if request["status"] not in {"Succeeded", "Failed"}:
            raise ServiceError(
                "InvalidLifecycleEventHookExecutionStatusException", request["status"]
            )
        if execution in deployment.hooks_done:
            raise ServiceError("LifecycleEventAlreadyCompletedException", "the hook has reported")
        if deployment.hook is None or deployment.hook[0] != execution:
            raise ServiceError("InvalidLifecycleEventHookExecutionIdException", "no such hook runs")
        deployment.hooks_done.add(execution)
        deployment.hook_status = request["status"]
        deployment.hook[1].set()
        return {"lifecycleEventHookExecutionId": execution}

    def stop_deployment(self, request: Request) -> Request:
        """Ask a deployment to stop."""
        deployment = self._deployment(request)
        if deployment.over:
            raise ServiceError("DeploymentAlreadyCompletedException", "the deployment is over")
        deployment.rollback_asked = request.get("autoRollbackEnabled")
        deployment.stop.set()
        if deployment.hook is not None:
            deployment.hook[1].set()
        return {"status": "Pending", "statusMessage": "The deployment is asked to stop."}

    def _roll_back(self, failed: Deployment) -> str:
        """All traffic back to the version before, by a deployment of its own, without hooks."""
        shift, info = failed.shift, failed.info
        role = failed.group["serviceRoleArn"]
        back = self._new(
            info,
            dict(failed.group),
            "codeDeployRollback",
            shift=shift.reversed(),
            config="CodeDeployDefault.LambdaAllAtOnce",
        )
        identity = str(back.info["deploymentId"])
        client(self._world, "lambda", role, SESSION).update_alias(
            FunctionName=shift.function,
            Name=shift.alias,
            FunctionVersion=shift.current,
            RoutingConfig={"AdditionalVersionWeights": {}},
        )
        failed.weight = 0.0
        now = self._world.clock.now()
        back.info.update(status="Succeeded", startTime=now, completeTime=now)
        back.info["rollbackInfo"] = {"rollbackTriggeringDeploymentId": info["deploymentId"]}
        return identity

    def _new(
        self, of: Mapping[str, Any], group: Request, creator: str, *, shift: Shift, config: str
    ) -> Deployment:
        identity = "d-" + "".join(secrets.choice(_SIGNS) for _ in range(9))
        deployment = Deployment(
            info={
                "deploymentId": identity,
                "applicationName": of["applicationName"],
                "deploymentGroupName": of["deploymentGroupName"],
                "deploymentConfigName": config,
                "status": "Created",
                "createTime": self._world.clock.now(),
                "creator": creator,
                "description": of.get("description", ""),
                "computePlatform": "Lambda",
                "deploymentStyle": {
                    "deploymentType": "BLUE_GREEN",
                    "deploymentOption": "WITH_TRAFFIC_CONTROL",
                },
            },
            shift=shift,
            group=group,
            stop=self._world.clock.signal(),
        )
        self.deployments[identity] = deployment
        return deployment

    def _content(self, request: Request, group: Request) -> str:
        revision = request.get("revision") or {}
        for kind in ("appSpecContent", "string"):
            if revision.get(kind):
                return str(revision[kind]["content"])
        place = revision.get("s3Location")
        if not place:
            raise ServiceError("RevisionRequiredException", "a deployment needs a revision")
        s3 = client(self._world, "s3", group["serviceRoleArn"], SESSION)
        found: bytes = s3.get_object(Bucket=place["bucket"], Key=place["key"])["Body"].read()
        return found.decode()

    def _group(self, request: Mapping[str, Any]) -> Request:
        key = (*self._application(request), request.get("deploymentGroupName", ""))
        if key not in self._groups:
            raise ServiceError("DeploymentGroupDoesNotExistException", f"there is no {key[-1]}")
        return self._groups[key]

    def _application(self, request: Mapping[str, Any]) -> tuple[str, ...]:
        key = (*self._here(), request["applicationName"])
        if key not in self._applications:
            raise ServiceError("ApplicationDoesNotExistException", f"no application {key[-1]}")
        return key

    def _deployment(self, request: Mapping[str, Any]) -> Deployment:
        identity = request["deploymentId"]
        if identity not in self.deployments:
            raise ServiceError("DeploymentDoesNotExistException", f"no deployment {identity}")
        return self.deployments[identity]

    def _arn(self, resource: str) -> str:
        account, region = self._here()
        return f"arn:aws:codedeploy:{region}:{account}:{resource}"

    def _here(self) -> tuple[str, str]:
        get = self._world.seams.get
        return get("responses.get_account_id")(), get("responses.get_region")()
