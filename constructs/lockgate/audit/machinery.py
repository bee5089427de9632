"""What a delivery should hear of beside: someone touches what releases are made and judged by.

No standard lists these. "SEC-n" is the risk of the OWASP Top 10 CI/CD Security Risks; whatever
the delivery's own roles and AWS's services do for a release is left out, so that a normal release
raises no alarm.
"""

from lockgate.audit.event import AuditedEvent, Machines, any_of, calls, pattern

ACCESS, CODE, ARTIFACT = "OWASP SEC-2, SEC-5", "OWASP SEC-1, SEC-4", "OWASP SEC-9"
SECRETS, LOGGING = "OWASP SEC-6", "OWASP SEC-10"
# What replaces a build's own settings when somebody starts it.
OVERRIDES = (
    '$.requestParameters.buildspecOverride = "*"',
    '$.requestParameters.environmentVariablesOverride[0].name = "*"',
    '$.requestParameters.imageOverride = "*"',
    "$.requestParameters.privilegedModeOverride IS TRUE",
    '$.requestParameters.serviceRoleOverride = "*"',
    '$.requestParameters.sourceLocationOverride = "*"',
    '$.requestParameters.sourceVersion = "*"',
)


def machinery(machines: Machines) -> tuple[AuditedEvent, ...]:
    """Someone changed a part of the machinery by hand."""
    by_hand = machines.others()
    return (
        AuditedEvent(
            name="PipelineChanged",
            what="Someone changed or deleted a pipeline by hand.",
            why="Gates may be missing from the next release; a pipeline changes itself, by code.",
            source=CODE,
            pattern=calls(
                "codepipeline", "CreatePipeline", "DeletePipeline", "UpdatePipeline", also=by_hand
            ),
        ),
        AuditedEvent(
            name="BuildChanged",
            what="Someone changed a build project by hand, or imported a credential for sources.",
            why="A build holds the source, the artifacts and its secrets.",
            source="OWASP SEC-4, SEC-5",
            pattern=calls(
                "codebuild",
                "CreateWebhook",
                "ImportSourceCredentials",
                "PutResourcePolicy",
                "UpdateProject*",
                "UpdateWebhook",
                also=by_hand,
            ),
        ),
        AuditedEvent(
            name="BuildOverridden",
            what="Someone started a build with other settings than its own.",
            why="It runs any command with the build's role.",
            source="OWASP SEC-4",
            pattern=calls("codebuild", "StartBuild*", also=(*by_hand, any_of(*OVERRIDES))),
        ),
        AuditedEvent(
            name="StackChanged",
            what="Someone deployed or deleted one of the delivery's stacks by hand.",
            why="Nothing of it was built, judged or approved by a pipeline.",
            source=CODE,
            pattern=calls(
                "cloudformation",
                "CreateStack",
                "DeleteStack",
                "ExecuteChangeSet",
                "UpdateStack",
                also=(
                    *by_hand,
                    any_of(
                        f'$.requestParameters.stackName = "{machines.delivery}-*"',
                        f'$.requestParameters.stackName = "{machines.stack("-*")}"',
                    ),
                ),
            ),
        ),
        AuditedEvent(
            name="FunctionChanged",
            what="Someone changed a function by hand: its code, its settings or who may call it.",
            why="The next version that is published has it.",
            source=ARTIFACT,
            pattern=calls(
                "lambda",
                "AddPermission*",
                "DeleteFunction*",
                "UpdateFunctionCode*",
                "UpdateFunctionConfiguration*",
                also=by_hand,
            ),
        ),
        AuditedEvent(
            name="RepositoryChanged",
            what="A repository or its default branch was deleted, renamed or opened.",
            why="What the pipelines take as their source may be another.",
            source=CODE,
            pattern=calls(
                "codecommit",
                "DeleteBranch",
                "DeleteRepository",
                "UpdateDefaultBranch",
                "UpdateRepositoryName",
            ),
        ),
        AuditedEvent(
            name="SecretPolicyChanged",
            what="Who may read a secret changed, or a secret was deleted.",
            why="A secret that others read is none.",
            source=SECRETS,
            pattern=calls(
                "secretsmanager", "DeleteResourcePolicy", "DeleteSecret", "PutResourcePolicy"
            ),
        ),
        AuditedEvent(
            name="SecretRead",
            what="Someone read a secret's value who is none of the delivery's roles.",
            why="Only the function or the build that needs it reads a value.",
            source=SECRETS,
            pattern=calls("secretsmanager", "BatchGetSecretValue", "GetSecretValue", also=by_hand),
        ),
        AuditedEvent(
            name="RotationFailed",
            what="A secret could not be rotated, or its rotation was given up half-way.",
            why="Its value gets older than it was to, and whoever has learnt it can go on.",
            source=f"{SECRETS}, FSBP SecretsManager.2",
            # What Secrets Manager tells of itself: no call of anybody, with an error or without.
            pattern=pattern(
                "$.eventSource = secretsmanager.amazonaws.com",
                any_of(
                    "$.eventName = RotationFailed",
                    "$.eventName = RotationAbandoned",
                    "$.eventName = TestRotationFailed",
                ),
            ),
        ),
        AuditedEvent(
            name="RotationChanged",
            what="Someone ended a secret's rotation by hand, or gave a value or a label to it.",
            why="Readers get another value, or never a new one.",
            source=SECRETS,
            pattern=calls(
                "secretsmanager",
                "CancelRotateSecret",
                "PutSecretValue",
                "UpdateSecret",
                "UpdateSecretVersionStage",
                also=by_hand,
            ),
        ),
        AuditedEvent(
            name="RoleNotPassed",
            what="Someone was denied to pass a role to a service.",
            why="Passing a role is how a little access becomes much.",
            source=ACCESS,
            pattern=pattern('$.errorCode = "*"', '$.errorMessage = "*iam:PassRole*"'),
        ),
        AuditedEvent(
            name="AlarmSilenced",
            what="Someone deleted or muted an alarm, or set its state, by hand.",
            why="The gates ask alarms whether a release is healthy, and people hear by them.",
            source=LOGGING,
            pattern=calls(
                "monitoring",
                "DeleteAlarms",
                "DisableAlarmActions",
                "SetAlarmState",
                also=by_hand,
            ),
        ),
        AuditedEvent(
            name="LogsRemoved",
            what="Someone deleted a log group, a stream or a metric filter by hand.",
            why="What happened may not be found any more, and its alarm stays silent.",
            source=LOGGING,
            pattern=calls(
                "logs", "DeleteLogGroup", "DeleteLogStream", "DeleteMetricFilter", also=by_hand
            ),
        ),
    )
