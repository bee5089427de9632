"""What CloudFormation has deployed, in one account and Region."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """A stack that is there.

    Attributes:
        name: its name.
        status: as CloudFormation has it.
        protected: whether CloudFormation refuses to delete it.
        role: the ARN of the role that CloudFormation acts with, None for whoever asks.
        template: its template, as it was handed in; empty where it is not JSON.
    """

    name: str
    status: str
    protected: bool
    role: str | None
    template: Mapping[str, Any]


class CloudFormation:
    """Asks CloudFormation, and changes nothing."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401 - boto3 has no types
        """Ask by this client."""
        self._client = client
        self._schemas: dict[str, tuple[str, ...] | None] = {}

    def stacks(self, prefix: str) -> dict[str, Deployed]:
        """The stacks whose names begin so.

        Raises:
            ClientError: they may not be read.
        """
        pages = self._client.get_paginator("describe_stacks").paginate()
        found = pages.build_full_result()["Stacks"]
        return {
            stack["StackName"]: Deployed(
                name=stack["StackName"],
                status=stack["StackStatus"],
                protected=bool(stack.get("EnableTerminationProtection")),
                role=stack.get("RoleARN"),
                template=self._template(stack["StackName"]),
            )
            for stack in found
            # One in review was never deployed: a change set waits that would make it.
            if stack["StackName"].startswith(prefix)
            and stack["StackStatus"] != "REVIEW_IN_PROGRESS"
        }

    def _template(self, name: str) -> Mapping[str, Any]:
        body = self._client.get_template(StackName=name, TemplateStage="Original")["TemplateBody"]
        # boto3 reads JSON; what stays a text is YAML, and no synth of ours wrote it.
        return body if isinstance(body, Mapping) else {}

    def create_only(self, type_name: str) -> tuple[str, ...] | None:
        """The properties of a type that only a new resource can get; None where it is not known."""
        if type_name not in self._schemas:
            self._schemas[type_name] = self._described(type_name)
        return self._schemas[type_name]

    def _described(self, type_name: str) -> tuple[str, ...] | None:
        errors = self._client.exceptions
        try:
            answer = self._client.describe_type(Type="RESOURCE", TypeName=type_name)
        except (errors.TypeNotFoundException, errors.CFNRegistryException):
            return None
        schema = json.loads(answer.get("Schema", "{}"))
        if "properties" not in schema:
            return None
        return (
            *schema.get("createOnlyProperties", ()),
            *schema.get("conditionalCreateOnlyProperties", ()),
        )
