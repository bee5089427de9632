"""The loop of a watch, in the Amazon States Language."""

import math
from typing import Any

# How long one look may take.
LOOK_SECONDS = 120
# An execution holds 25,000 events of history ("Step Functions service quotas"). A turn writes
# nine and each repeated look three more, so that 2,000 turns leave room for both.
MOST_TURNS = 2000
# Beside the canary's own minutes. The hook that starts the watch reports within 15 minutes,
# CodeDeploy waits an hour for the one behind the shift if that dies, and the last turn takes 30
# with all its repetitions: then the watch has seen the end of the deployment.
SPARE_MINUTES = 110


def turn_seconds(minutes: int) -> int:
    """How long the watch waits before each look at a canary of so many minutes."""
    return 60 * math.ceil(minutes / MOST_TURNS)


def definition(*, function_arn: str, minutes: int) -> dict[str, Any]:
    """The state machine: wait, look, and again until the canary is over.

    The time of a turn is the state's own, so that a look that is repeated sees the same minutes.
    """
    return {
        "Comment": "Looks at a canary until it is over",
        "StartAt": "Wait",
        "TimeoutSeconds": 60 * (minutes + SPARE_MINUTES),
        "States": {
            "Wait": {"Type": "Wait", "Seconds": turn_seconds(minutes), "Next": "Look"},
            "Look": {
                "Type": "Task",
                "Resource": function_arn,
                "Parameters": {
                    "deployment_id.$": "$.deployment_id",
                    "now.$": "$$.State.EnteredTime",
                },
                "ResultPath": "$.look",
                "TimeoutSeconds": LOOK_SECONDS + 30,
                "Retry": [
                    {
                        "ErrorEquals": ["States.ALL"],
                        "IntervalSeconds": 10,
                        "BackoffRate": 1.5,
                        "MaxDelaySeconds": 60,
                        "MaxAttempts": 8,
                    }
                ],
                "Next": "Over?",
            },
            "Over?": {
                "Type": "Choice",
                "Choices": [{"Variable": "$.look.over", "BooleanEquals": True, "Next": "Done"}],
                "Default": "Wait",
            },
            "Done": {"Type": "Succeed"},
        },
    }
