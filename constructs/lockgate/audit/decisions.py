"""What a delivery should hear of beside: someone decided about a release by hand."""

from lockgate.audit.event import ROLE, SERVICE, AuditedEvent, Machines, any_of, calls
from lockgate.people import analyst, emergency

FLOW = "OWASP SEC-1"


def decisions(machines: Machines) -> tuple[AuditedEvent, ...]:
    """Someone opened, held or passed a gate, or did what a gate does."""
    by_hand = machines.others()
    approver = machines.person(analyst.NAME)
    return (
        AuditedEvent(
            name="GateOverridden",
            what="Someone overrode a gate, held a transition or rolled a stage back.",
            why="A release goes on, or back, for another reason than its own health.",
            source=FLOW,
            pattern=calls(
                "codepipeline",
                "DisableStageTransition",
                "OverrideStageCondition",
                "RollbackStage",
            ),
        ),
        AuditedEvent(
            name="ApprovedByOthers",
            what="Someone decided an approval who is no security analyst.",
            why="Who may push a release, or stop it, must not be who approves it.",
            source=FLOW,
            pattern=calls(
                "codepipeline",
                "PutApprovalResult",
                also=(any_of(f"{ROLE} NOT EXISTS", f'{ROLE} != "{approver}"'),),
            ),
        ),
        AuditedEvent(
            name="RevisionChosen",
            what="Someone started a pipeline with a commit of their own choice.",
            why="The commit need not be on the release branch, nor reviewed.",
            source=FLOW,
            pattern=calls(
                "codepipeline",
                "StartPipelineExecution",
                also=('$.requestParameters.sourceRevisions[0].actionName = "*"',),
            ),
        ),
        AuditedEvent(
            name="ReviewLifted",
            what="Someone overrode or changed the approval rules of pull requests by hand.",
            why="Code may reach a release branch that nobody else has read.",
            source=FLOW,
            pattern=calls(
                "codecommit",
                "DeleteApprovalRuleTemplate",
                "DeletePullRequestApprovalRule",
                "DisassociateApprovalRuleTemplateFromRepository",
                "OverridePullRequestApprovalRules",
                "UpdateApprovalRuleTemplateContent",
                "UpdatePullRequestApprovalRuleContent",
                also=by_hand,
            ),
        ),
        AuditedEvent(
            name="DeploymentGroupChanged",
            what="Someone changed a deployment group by hand, or someone or a watch stopped a "
            "deployment.",
            why="The alarms and the hooks of the next release may be others; this one ended.",
            source=FLOW,
            pattern=calls(
                "codedeploy",
                "DeleteDeploymentGroup",
                "SkipWaitTimeForInstanceTermination",
                "StopDeployment",
                "UpdateDeploymentGroup",
                also=(f"{SERVICE} NOT EXISTS",),
            ),
        ),
        AuditedEvent(
            name="HookReported",
            what="Someone reported the result of a hook who is none of the hooks.",
            why="Whoever reports decides whether the release goes on.",
            source=FLOW,
            pattern=calls("codedeploy", "PutLifecycleEventHookExecutionStatus", also=by_hand),
        ),
        AuditedEvent(
            name="AliasMoved",
            what="Someone moved or deleted the alias of a function by hand.",
            why="Customers meet another version, and no gate has judged it.",
            source=FLOW,
            pattern=calls("lambda", "DeleteAlias*", "UpdateAlias*", also=by_hand),
        ),
        AuditedEvent(
            name="FreezeChanged",
            what="Someone froze or thawed the releases.",
            why="From now on nothing enters production, or something does again.",
            source=FLOW,
            pattern=calls(
                "ssm",
                "DeleteParameter",
                "PutParameter",
                also=(
                    f"{SERVICE} NOT EXISTS",
                    f'$.requestParameters.name = "/{machines.delivery}/freeze"',
                ),
            ),
        ),
        AuditedEvent(
            name="ParameterChanged",
            what="Someone changed a parameter of a service by hand.",
            why="Customers meet another setting, and no gate has judged it.",
            source=FLOW,
            pattern=calls(
                "ssm",
                "DeleteParameter",
                "PutParameter",
                also=(
                    *by_hand,
                    f'$.requestParameters.name = "/{machines.delivery}/*"',
                    f'$.requestParameters.name != "/{machines.delivery}/freeze"',
                ),
            ),
        ),
        AuditedEvent(
            name="GlassBroken",
            what="Someone took on the role for emergencies.",
            why="What they do now no gate stops: ask what the emergency is.",
            source="OWASP SEC-2",
            pattern=calls(
                "sts",
                "AssumeRole*",
                also=(f'$.requestParameters.roleArn = "{machines.person(emergency.NAME)}"',),
            ),
        ),
    )
