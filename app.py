"""delivery.toml -> stacks -> rule packs -> synth, and what the canaries will see."""

import os
import sys
from pathlib import Path

import aws_cdk as cdk

from delivery import DeliveryError, load
from delivery.sight import said
from lockgate.packaging import PackagingError
from stacks.app import ROOT, build_app, context


def main() -> int:
    """Synthesize the delivery; 0 when it is fit to deploy, 1 on findings, 2 on bad input."""
    app = cdk.App(context=context(), analytics_reporting=False)
    chosen = app.node.try_get_context("delivery") or os.environ.get("DELIVERY", "delivery.toml")
    path = Path(chosen).resolve()
    try:
        delivery = load(path, ROOT)
        build_app(delivery, app=app, delivery_file=path.relative_to(ROOT).as_posix())
    except (DeliveryError, PackagingError) as error:
        print(error, file=sys.stderr)
        return 2
    try:
        app.synth()
    except RuntimeError as error:
        # The CDK has printed each finding with its rule, construct and fix; the rest of its
        # message is a trace of its own.
        print(str(error).splitlines()[0], file=sys.stderr)
        return 1
    for service in delivery.services:
        print(said(service), file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
