"""Defects of what shifts a service's traffic."""

from tests.mutations.changes import (
    add,
    allows,
    drop,
    in_production,
    put,
    put_in,
    says,
)
from tests.mutations.mutation import Mutation

GROUP, ALIAS, FUNCTION = (
    "AWS::CodeDeploy::DeploymentGroup",
    "AWS::Lambda::Alias",
    "AWS::Lambda::Function",
)
CONFIG, ALARM, POLICY = (
    "AWS::CodeDeploy::DeploymentConfig",
    "AWS::CloudWatch::Alarm",
    "AWS::IAM::ManagedPolicy",
)
EVENTS = "Properties.AutoRollbackConfiguration.Events"
ALARMS = "Properties.AlarmConfiguration"
UPDATE = "UpdatePolicy.CodeDeployLambdaAliasUpdate"
ROLLBACK = "CodeDeploy User Guide, Redeploy and roll back a deployment"
STOPPED = "CodeDeploy User Guide, Monitoring deployments with CloudWatch alarms"
AT_ONCE = "Amazon Builders' Library, Automating safe, hands-off deployments"
HOOKS = "CodeDeploy User Guide, AppSpec hooks section for Lambda"
REPORT = "codedeploy:PutLifecycleEventHookExecutionStatus"
ANY_GROUP = "arn:aws:codedeploy:eu-west-1:111122223333:deploymentgroup:*"

SEEDS = (
    Mutation(
        name="a deployment that fails keeps its traffic",
        source=ROLLBACK,
        resource_type=GROUP,
        change=put(EVENTS, ["DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"]),
    ),
    Mutation(
        name="a deployment that alarms keeps its traffic",
        source=ROLLBACK,
        resource_type=GROUP,
        change=put(EVENTS, ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_REQUEST"]),
    ),
    Mutation(
        name="a deployment that the watch stops leaves the alias split",
        source="CodeDeploy User Guide, Troubleshoot AWS Lambda deployment issues",
        resource_type=GROUP,
        change=put(EVENTS, ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"]),
    ),
    Mutation(
        name="rollback is off",
        source=ROLLBACK,
        resource_type=GROUP,
        change=put("Properties.AutoRollbackConfiguration.Enabled", value=False),
    ),
    Mutation(
        name="a group says nothing of rollback",
        source=ROLLBACK,
        resource_type=GROUP,
        change=drop("Properties.AutoRollbackConfiguration"),
    ),
    Mutation(
        name="the group's alarms are off",
        source=STOPPED,
        resource_type=GROUP,
        change=put(f"{ALARMS}.Enabled", value=False),
    ),
    Mutation(
        name="the group has no alarm",
        source=STOPPED,
        resource_type=GROUP,
        change=put(f"{ALARMS}.Alarms", []),
    ),
    Mutation(
        name="a deployment goes on while CloudWatch cannot be read",
        source="CodeDeploy API Reference, AlarmConfiguration: ignorePollAlarmFailure",
        resource_type=GROUP,
        change=put(f"{ALARMS}.IgnorePollAlarmFailure", value=True),
    ),
    Mutation(
        name="the group does not hear of the watch's verdict",
        source=STOPPED,
        resource_type=GROUP,
        change=drop(f"{ALARMS}.Alarms.0"),
    ),
    Mutation(
        name="the last environment gets a version all at once",
        source=AT_ONCE,
        resource_type=GROUP,
        where=in_production,
        change=put("Properties.DeploymentConfigName", "CodeDeployDefault.LambdaAllAtOnce"),
    ),
    Mutation(
        name="the last environment's own configuration shifts all at once",
        source=AT_ONCE,
        resource_type=CONFIG,
        where=in_production,
        change=put("Properties.TrafficRoutingConfig", {"Type": "AllAtOnce"}),
    ),
    Mutation(
        name="the canary is half of the traffic",
        source=AT_ONCE,
        resource_type=CONFIG,
        change=put("Properties.TrafficRoutingConfig.TimeBasedCanary.CanaryPercentage", 50),
    ),
    Mutation(
        name="the canary is over before anything is seen of it",
        source=AT_ONCE,
        resource_type=CONFIG,
        change=put("Properties.TrafficRoutingConfig.TimeBasedCanary.CanaryInterval", 1),
    ),
    Mutation(
        name="traffic is switched, not shifted",
        source="CodeDeploy API Reference, DeploymentStyle",
        resource_type=GROUP,
        change=put("Properties.DeploymentStyle.DeploymentOption", "WITHOUT_TRAFFIC_CONTROL"),
    ),
    Mutation(
        name="CloudFormation moves the alias by itself",
        source="CloudFormation User Guide, UpdatePolicy attribute: CodeDeployLambdaAliasUpdate",
        resource_type=ALIAS,
        change=drop("UpdatePolicy"),
    ),
    Mutation(
        name="no hook looks before the traffic",
        source=HOOKS,
        resource_type=ALIAS,
        change=drop(f"{UPDATE}.BeforeAllowTrafficHook"),
    ),
    Mutation(
        name="no hook judges behind the traffic",
        source=HOOKS,
        resource_type=ALIAS,
        change=drop(f"{UPDATE}.AfterAllowTrafficHook"),
    ),
    Mutation(
        name="the alias moves before its alarms are there",
        source=AT_ONCE,
        resource_type=ALIAS,
        change=drop("DependsOn"),
    ),
    Mutation(
        name="a hook has Lambda's three seconds",
        source=HOOKS,
        resource_type=FUNCTION,
        where=says("pre_traffic.handle"),
        change=drop("Properties.Timeout"),
    ),
    Mutation(
        name="a hook's end comes before its report",
        source=HOOKS,
        resource_type=FUNCTION,
        where=says("post_traffic.handle"),
        change=put("Properties.Timeout", 3),
    ),
    Mutation(
        name="a hook may call any release good",
        source="OWASP Top 10 CI/CD Security Risks, CICD-SEC-5",
        resource_type=POLICY,
        where=allows(REPORT, ":deploymentgroup:"),
        change=put_in(REPORT, "Resource", ANY_GROUP),
    ),
    Mutation(
        name="a service's function may report as a hook",
        source="OWASP Top 10 CI/CD Security Risks, CICD-SEC-5",
        resource_type=POLICY,
        where=says("Serve "),
        change=add(
            "Properties.PolicyDocument.Statement",
            {"Effect": "Allow", "Action": REPORT, "Resource": "*"},
        ),
    ),
    Mutation(
        name="a watch may stop any deployment",
        source="OWASP Top 10 CI/CD Security Risks, CICD-SEC-5",
        resource_type=POLICY,
        where=allows("codedeploy:StopDeployment", ":deploymentgroup:"),
        change=put_in("codedeploy:StopDeployment", "Resource", ANY_GROUP),
    ),
    Mutation(
        name="a watch that hangs waits for ever",
        source="Step Functions Developer Guide, Best practices: use timeouts",
        resource_type="AWS::StepFunctions::StateMachine",
        change=put("Properties.DefinitionString", '{"StartAt":"Wait","States":{}}'),
    ),
    Mutation(
        name="an alarm of the release reads both versions at once",
        source="Lambda Developer Guide, Viewing metrics for Lambda functions",
        resource_type=ALARM,
        where=says("failed in a minute"),
        change=put("Properties.Metrics.1.MetricStat.Metric.Dimensions", []),
    ),
    Mutation(
        name="the verdict's alarm never fires",
        source=STOPPED,
        resource_type=ALARM,
        where=says("degraded"),
        change=put("Properties.Threshold", 1),
    ),
    Mutation(
        name="nobody says what silence means for the verdict",
        source="CloudWatch User Guide, Configuring how CloudWatch alarms treat missing data",
        resource_type=ALARM,
        where=says("degraded"),
        change=drop("Properties.TreatMissingData"),
    ),
    Mutation(
        name="a bad version goes with its release, and the good one too",
        source="Lambda Developer Guide, Manage Lambda function versions",
        resource_type="AWS::Lambda::Version",
        change=drop("DeletionPolicy"),
    ),
    Mutation(
        name="people hear of no verdict",
        source="EventBridge API Reference, PutRule: State",
        resource_type="AWS::Events::Rule",
        where=says("Canary Verdict"),
        change=put("Properties.State", "DISABLED"),
    ),
    Mutation(
        name="anybody's event tells people of a verdict",
        source="EventBridge User Guide, Best practices for event patterns",
        resource_type="AWS::Events::Rule",
        where=says("Canary Verdict"),
        change=drop("Properties.EventPattern.source"),
    ),
    Mutation(
        name="a function runs a layer of another account",
        source="OWASP Top 10 CI/CD Security Risks, CICD-SEC-3",
        resource_type=FUNCTION,
        change=put("Properties.Layers", ["arn:aws:lambda:eu-west-1:444455556666:layer:log:1"]),
    ),
    Mutation(
        name="the function's password stands in its environment",
        source="AWS Well-Architected Framework, SEC02-BP03",
        resource_type=FUNCTION,
        change=put("Properties.Environment.Variables.DB_PASSWORD", "hunter2"),
        where=says("'Variables'"),
    ),
)
