"""A small app with something planted, judged as the real one; a script for a process of its own.

`python -m tests.constructs.planted bucket|group OUT` synthesizes into the folder OUT.
"""

import sys

import aws_cdk as cdk
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_s3 as s3

from delivery import load
from stacks.app import ROOT, build_app, context
from tests.assembly import DELIVERIES


def main(plant: str, out: str) -> None:
    """Synthesize the foundation and the audit stack, and a third one with what is planted."""
    app = cdk.App(context=context(), outdir=out, analytics_reporting=False)
    without_services = load(DELIVERIES / "sample.toml", ROOT).model_copy(update={"services": ()})
    build_app(without_services, app=app)
    stack = cdk.Stack(app, "planted")
    if plant == "bucket":
        s3.CfnBucket(stack, "Open")
    else:
        codedeploy.CfnDeploymentGroup(
            stack, "Group", application_name="a", service_role_arn="arn:aws:iam::1:role/r"
        )
    app.synth()


if __name__ == "__main__":
    main(*sys.argv[1:])
